"""Getting what stands at an address that somebody told us (RELIABILITY H1).

The only place that opens a connection to such an address. It is https, of the public internet, and
led nowhere else: the machine that was looked at is the one that is asked.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from django.utils.translation import gettext as _

from regulars.core.errors import Refusal

WAIT_SECONDS = 30
PIECE = 1 << 20
# However slowly something comes, in bytes a minute: then nobody waits for it any longer.
MOST_SECONDS = 300
MB = 1 << 20
# Each holds addresses of the older kind, of which any may be a machine in our own network:
# RFC 6052, RFC 8215, RFC 3056 and RFC 4380.
_HIDES_ANOTHER = tuple(
    ipaddress.IPv6Network(one)
    for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: nothing where it has not changed."""

    content: bytes | None
    etag: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms somebody is asked: how much is taken, and whether our own network is meant.

    `allows_private` is an owner's word; only then may the address be a plain http one, because what
    goes between machines of one house is read by nobody on the way.
    """

    most_bytes: int
    allows_private: bool = False
    asks_as: str = "Regulars"
    etag: str = ""


class NotGiven(Refusal):
    """The address answered, and not with what was asked for."""

    def __init__(self, status: int) -> None:
        super().__init__(
            _("The address answered %(status)s.") % {"status": status},
            _("Ask whoever gives the file; an address that leads elsewhere is not followed."),
        )
        self.status = status


class LeadsElsewhere(NotGiven):
    """The address sends us on to another, which nobody here has agreed to."""

    def __init__(self, status: int, to: str) -> None:
        super().__init__(status)
        self.to = to


def fetch(address: str, terms: Terms) -> Fetched:
    """Get what stands there; refuses what is too large or too slow, and private machines."""
    told = told_by(address, may_be_plain=terms.allows_private)
    host, port = told.hostname or "", told.port or _PORTS[told.scheme]
    is_safe = told.scheme == "https"
    kind = http.client.HTTPSConnection if is_safe else http.client.HTTPConnection
    line = kind(host, port, timeout=WAIT_SECONDS)
    # The machines that were looked at are asked: their name is not looked up again.
    machines = machines_of(host, port, allows_private=terms.allows_private)
    if not is_safe and any(is_public(number) for number, _port in machines):
        raise _unsafe()
    sock = connected(machines, host if is_safe else "")
    line.sock = sock
    late = threading.Event()
    timer = threading.Timer(MOST_SECONDS, _hang_up, (sock, late))
    timer.daemon = True
    timer.start()
    try:
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        path = (told.path or "/") + (f"?{told.query}" if told.query else "")
        line.request("GET", path, headers={
            "User-Agent": terms.asks_as, "Accept": "*/*",
            **({"If-None-Match": terms.etag} if terms.etag else {}),
        })  # fmt: skip
        # What nobody reads to its end holds the line open.
        with line.getresponse() as answer:
            got = _answer(answer, address, terms)
    # A line that was hung up on answers in many ways.
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise (_too_slow() if late.is_set() else _unreached()) from error
    finally:
        timer.cancel()
        line.close()
    if late.is_set():
        # What came by then may be half of it.
        raise _too_slow()
    return got


def told_by(place: str, *, may_be_plain: bool = False) -> SplitResult:
    """The parts of an https address; refuses what is none, or holds a password."""
    try:
        told = urlsplit(place)
        # A port that is none is found out when somebody asks for it.
        fits = told.scheme == "https" or (may_be_plain and told.scheme == "http")
        if fits and told.hostname and told.port != 0 and "@" not in told.netloc:
            return told
    except ValueError:
        pass
    raise _unsafe()


def machines_of(host: str, port: int, *, allows_private: bool) -> list[tuple[str, int]]:
    """The machines of that name; all of them are in the public internet, unless others may be."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A name that no machine can have is a fault of its letters.
    except (OSError, UnicodeError) as error:
        raise _unreached() from error
    numbers = [str(entry[4][0]) for entry in found]
    if not allows_private and not all(is_public(number) for number in numbers):
        raise Refusal(
            _("The address is that of a machine in our own network."),
            _("An owner may allow that for this address."),
        )
    return [(number, port) for number in dict.fromkeys(numbers)]


def is_public(number: str) -> bool:
    """Whether an address belongs to one machine of the public internet, however it is written."""
    found = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in _HIDES_ANOTHER):
            return False
    return found.is_global and not found.is_multicast


def connected(machines: list[tuple[str, int]], host: str) -> socket.socket:
    """A line that has shown nothing yet: who is at its end is seen when it is first used."""
    try:
        plain = _first_reached(machines)
        if not host:
            return plain
        return ssl.create_default_context().wrap_socket(
            plain, server_hostname=host, do_handshake_on_connect=False
        )
    except OSError as error:
        raise _unreached() from error


def _first_reached(machines: list[tuple[str, int]]) -> socket.socket:
    """A name may stand for several, of which one answers here: by IPv6 some reach nobody."""
    for machine in machines[:-1]:
        with suppress(OSError):
            return socket.create_connection(machine, timeout=WAIT_SECONDS)
    return socket.create_connection(machines[-1], timeout=WAIT_SECONDS)


def _hang_up(sock: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def _unsafe() -> Refusal:
    return Refusal(
        _("An address begins with https://."), _("Ask whoever gives the file for a safe one.")
    )


def _too_slow() -> Refusal:
    return Refusal(
        _("The address gave its file too slowly, so that nobody waited for the end."),
        _("It is asked again the next time; look whether it opens in a browser."),
    )


def _unreached() -> Refusal:
    return Refusal(
        _("The address cannot be reached, or it is not what it says it is."),
        _("It is asked again the next time; look whether it opens in a browser."),
    )


def _answer(answer: http.client.HTTPResponse, address: str, terms: Terms) -> Fetched:
    if answer.status == 304:
        return Fetched(None)
    to = answer.headers.get("Location")
    if 300 <= answer.status < 400 and to:
        raise LeadsElsewhere(answer.status, urljoin(address, to))
    if answer.status != 200:
        raise NotGiven(answer.status)
    held = io.BytesIO()
    for piece in _pieces(answer):
        held.write(piece)
        if held.tell() > terms.most_bytes:
            raise Refusal(
                _("The file is larger than %(size)s MB.") % {"size": terms.most_bytes // MB},
                _("Ask for it in parts, or raise REGULARS_MAX_UPLOAD_MB."),
            )
    name = urlsplit(address).path.rpartition("/")[2]
    return Fetched(held.getvalue(), answer.headers.get("ETag") or "", name or _("file"))


def _pieces(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    while piece := answer.read1(PIECE):
        yield piece
