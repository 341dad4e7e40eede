"""A mail as bytes, from a skeleton built once: a hundredth of what the standard library takes."""

import re
from binascii import b2a_base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from struct import Struct
from typing import Protocol

import idna

LINE = 76
# RFC 5321, 4.5.3.1: what no server has to take.
LONGEST_ADDRESS, LONGEST_LOCAL_PART = 254, 64
# RFC 5322, 2.1.1.
LONGEST_LINE = 998
# A longer value is written in encoded words, which may be folded anywhere.
LONGEST_PLAIN = 60
# As many bytes as fit an encoded word of 75 characters, round "=?utf-8?b?" and "?=".
IN_A_WORD = 45
# No line of base64 holds an underscore, so no body can hold a boundary.
OUTER, INNER = b"=_regulars_alternative", b"=_regulars_related"

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_PLAIN = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_QUOTED_LOCAL = re.compile(r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])*"')
_DOMAIN = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_URL = re.compile(r"[\x21\x23-\x3b\x3d\x3f-\x7e]+")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~/-]+")


class HeaderRefused(ValueError):
    """A value that must not stand in a header: it could end it and begin another."""


class Rendered(Protocol):
    """What the texts give: see `texts.py`."""

    @property
    def subject(self) -> str: ...
    @property
    def html(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Inline:
    """A picture inside the page, which shows it as `cid:<cid>`."""

    cid: str
    content_type: str
    content: bytes


def build(  # noqa: PLR0913 -- every header has its own name here
    rendered: Rendered,
    *,
    from_name: str,
    from_address: str,
    to_name: str,
    to_address: str,
    reply_to: str = "",
    message_id: str,
    date: datetime,
    list_unsubscribe_url: str = "",
    list_unsubscribe_mailto: str = "",
    one_click: bool = False,
    auto: bool = True,
    inline: Sequence[Inline] = (),
) -> bytes:
    """The mail with CRLF line ends; `HeaderRefused` where a value could forge a header.

    `message_id` is the provider's key; the domain of `from_address` is put behind it.
    `one_click` says that the address in List-Unsubscribe answers a POST (RFC 8058).
    """
    return b"".join(
        (
            _sender(from_name, from_address, reply_to, auto),
            b"To: ", mailbox(to_name, to_address).encode(),
            b"\r\nSubject: ", encoded(rendered.subject).encode(),
            b"\r\nDate: ", _date(int(date.timestamp())),
            b"\r\nMessage-ID: <", _identifier(message_id, from_address),
            b">\r\n",
            _way_out(list_unsubscribe_url, list_unsubscribe_mailto, one_click),
            _TOP, _in_lines(_canonical(rendered.text)),
            _BETWEEN, _page(_canonical(rendered.html), inline),
            _END,
        )
    )  # fmt: skip


def in_one_part(
    subject: str,
    text: str,
    *,
    from_name: str,
    from_address: str,
    to_name: str,
    to_address: str,
    message_id: str,
    date: datetime,
) -> bytes:
    """A plain mail to ourselves: a text and no page."""
    return b"".join(
        (
            _sender(from_name, from_address, "", True),
            b"To: ", mailbox(to_name, to_address).encode(),
            b"\r\nSubject: ", encoded(subject).encode(),
            b"\r\nDate: ", _date(int(date.timestamp())),
            b"\r\nMessage-ID: <", _identifier(message_id, from_address),
            b">\r\nMIME-Version: 1.0\r\n", _TEXT, _in_lines(_canonical(text)),
        )
    )  # fmt: skip


# The skeleton

_AUTO = b"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
_TEXT = (
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
)  # fmt: skip
_HTML = _TEXT.replace(b"plain", b"html")
_TOP = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n--%b\r\n'
    % (OUTER, OUTER)
) + _TEXT
_BETWEEN = b"--%b\r\n" % OUTER
_END = b"--%b--\r\n" % OUTER
_RELATED = b'Content-Type: multipart/related;\r\n boundary="%b"\r\n\r\n--%b\r\n' % (INNER, INNER)


@lru_cache(maxsize=256)
def _sender(name: str, address: str, reply_to: str, auto: bool) -> bytes:
    lines = b"From: %b\r\n" % mailbox(name, address).encode()
    if reply_to:
        lines += b"Reply-To: %b\r\n" % wire_address(reply_to).encode()
    return lines + (_AUTO if auto else b"")


def _page(html: bytes, inline: Sequence[Inline]) -> bytes:
    if not inline:
        return _HTML + _in_lines(html)
    pictures = b"".join(map(_picture, inline))
    return b"".join((_RELATED, _HTML, _in_lines(html), pictures, b"--%b--\r\n" % INNER))


@lru_cache(maxsize=64)
def _picture(one: Inline) -> bytes:
    for value in (one.cid, one.content_type):
        if not _TOKEN.fullmatch(value.replace("@", "")):
            raise HeaderRefused(f"not a name for a picture: {value!r}")
    head = (
        f"--{INNER.decode()}\r\nContent-Type: {one.content_type}\r\nContent-ID: <{one.cid}>\r\n"
        "Content-Transfer-Encoding: base64\r\nContent-Disposition: inline\r\n\r\n"
    )
    return head.encode() + _in_lines(one.content)


def _way_out(url: str, mailto: str, one_click: bool) -> bytes:
    if not (url or mailto):
        return b""
    ways = [way for way in (url, mailto and f"mailto:{wire_address(mailto)}") if way]
    if not all(_URL.fullmatch(way) and len(way) < LONGEST_LINE - 20 for way in ways):
        raise HeaderRefused("not an address for leaving the list")
    said = "List-Unsubscribe: " + ",\r\n ".join(f"<{way}>" for way in ways) + "\r\n"
    if one_click and url:
        said += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return said.encode()


@lru_cache(maxsize=1024)
def _date(seconds: int) -> bytes:
    return format_datetime(datetime.fromtimestamp(seconds, UTC)).encode()


def _identifier(key: str, from_address: str) -> bytes:
    local, _at, domain = key.strip("<>").partition("@")
    if not _LOCAL.fullmatch(local):
        raise HeaderRefused(f"not an identifier: {key!r}")
    return f"{local}@{domain_on_the_wire(domain or from_address.rpartition('@')[2])}".encode()


# Values in headers


def encoded(text: str) -> str:
    """A text for a header (RFC 2047): as it is where it is short and plain."""
    if len(text) <= LONGEST_PLAIN and _PLAIN.fullmatch(text) and "=?" not in text:
        return text
    if _CONTROL.search(text):
        raise HeaderRefused("a control character in a header")
    return "\r\n ".join(_words(text))


def _words(text: str) -> list[str]:
    words, word, size = [], "", 0
    for letter in text:
        length = len(letter.encode())
        if size + length > IN_A_WORD:
            words.append(word)
            word, size = "", 0
        word, size = word + letter, size + length
    words.append(word)
    return [f"=?utf-8?b?{b2a_base64(w.encode(), newline=False).decode()}?=" for w in words if w]


def mailbox(name: str, address: str) -> str:
    """`"Name" <address>` for a header, or the address alone where there is no name."""
    address = wire_address(address)
    if not name:
        return address
    shown = encoded(name)
    if shown == name:
        shown = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    # An address may be long: it gets a line of its own.
    return f"{shown} <{address}>" if len(shown) + len(address) < LINE - 10 else (
        f"{shown}\r\n <{address}>"
    )  # fmt: skip


def wire_address(address: str) -> str:
    """The address as servers write it: a domain in other letters becomes its ASCII form."""
    local, at, domain = address.rpartition("@")
    if not at or not (_LOCAL.fullmatch(local) or _QUOTED_LOCAL.fullmatch(local)):
        raise HeaderRefused("not an address that mail can carry")
    whole = f"{local}@{domain_on_the_wire(domain)}"
    if len(whole) > LONGEST_ADDRESS or len(local) > LONGEST_LOCAL_PART:
        raise HeaderRefused("an address longer than mail can carry")
    return whole


@lru_cache(maxsize=4096)
def domain_on_the_wire(domain: str) -> str:
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError as error:
            raise HeaderRefused("not a domain") from error
    if not _DOMAIN.fullmatch(domain) or ".." in domain:
        raise HeaderRefused("not a domain")
    return domain


def _canonical(text: str) -> bytes:
    """Text inside base64 has CRLF at its line ends too (RFC 2045, 6.8)."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


@lru_cache(maxsize=512)
def _cut(lines: int) -> Struct:
    return Struct(f"{LINE}s" * lines)


def _in_lines(content: bytes) -> bytes:
    """Base64 in lines of 76: one call cuts them all, where a loop would take most of the time."""
    whole = b2a_base64(content, newline=False)
    count, rest = divmod(len(whole), LINE)
    lines = [*_cut(count).unpack_from(whole)]
    if rest:
        lines.append(whole[-rest:])
    lines.append(b"")
    return b"\r\n".join(lines)
