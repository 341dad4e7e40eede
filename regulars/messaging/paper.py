"""From what is written to a page: light Markdown, with fields and conditions kept as they stand.

Fields become plain words of letters while Markdown, MJML and the text part are made, and are put
back at the end: nothing on the way can tear one apart, or make one.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.translation import gettext as _

from regulars.core.asking_links import asking_links
from regulars.messaging import marks
from regulars.messaging.errors import TextRefused

if TYPE_CHECKING:
    from markdown_it.token import Token

# Links that every message has by itself, beside those of pages that ask something.
OWN_LINKS = ("unsubscribe_url", "preferences_url", "confirm_url")
NOWHERE = "nowhere"
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
BOXES = ("know", "not_know", "doing", "next_update")
BLOCKS = frozenset({"greeting", "signature", "end_box", *BOXES})
_PICTURE = re.compile(r"!\[[^\]\n]*\]\(")
_LONE_TAG = re.compile(r"<p>({token})</p>\n?")


def address_fields() -> frozenset[str]:
    """Fields whose value is an address: only they may stand where a link leads."""
    return frozenset((*OWN_LINKS, *asking_links.names()))


@dataclass
class Places:
    """Words that stand for fields until the page is made."""

    seed: str
    kept: list[str] = field(default_factory=list)
    pattern: "re.Pattern[str]" = field(init=False)
    _word: str = ""

    def __post_init__(self) -> None:
        while not self._word or self._word in self.seed:
            self._word = "mk" + hashlib.sha256(f"{self._word}{self.seed}".encode()).hexdigest()[:12]
        self.pattern = re.compile(rf"{self._word}x(\d+)z")

    def keep(self, mark: str) -> str:
        self.kept.append(mark)
        return f"{self._word}x{len(self.kept) - 1}z"

    def keep_all(self, text: str) -> str:
        return marks.MARK.sub(lambda found: self.keep(found[0]), text)

    def mark_of(self, word: str) -> str:
        """The mark that a word stands for, or nothing."""
        found = self.pattern.fullmatch(word.strip())
        return self.kept[int(found[1])] if found else ""

    def put_back(self, text: str) -> str:
        return self.pattern.sub(lambda found: self.kept[int(found[1])], text)


@dataclass
class Part:
    """A stretch of the text: running, in a box, or a block of its own."""

    kind: str
    lines: list[str]
    first_line: int


def page_of(body: str, places: Places) -> str:
    """The body as HTML in which words stand for fields, blocks and conditions."""
    if picture := _PICTURE.search(body):
        line = marks.line_of(body, picture.start())
        raise TextRefused(
            _("Line %(line)s of the body: pictures cannot stand in a text.") % {"line": line},
            _("Link to the picture instead: leave the “!” out."),
            what=_("body"), line=line,
        )  # fmt: skip
    return "".join(_drawn(part, places) for part in _parts(body, places))


def _parts(body: str, places: Places) -> Iterator[Part]:
    part = Part("", [], 1)
    for number, line in enumerate(body.splitlines(), start=1):
        block = marks.sole_field(line)
        if block in BLOCKS and block != "greeting":
            yield part
            if block == "signature":
                yield Part("signature", [], number)
            part = Part(block if block in BOXES else "", [], number + 1)
            continue
        part.lines.append(_kept_line(line, number, places))
    yield part


def _kept_line(line: str, number: int, places: Places) -> str:
    def keep(found: "re.Match[str]") -> str:
        name = marks.sole_field(found[0])
        if name == "greeting":
            return places.keep(greeting())
        if name in BLOCKS:
            raise TextRefused(
                _("Line %(line)s of the body: “%(found)s” stands on a line of its own.")
                % {"line": number, "found": found[0]},
                _("Put it on a new line, with nothing beside it."),
                what=_("body"), line=number,
            )  # fmt: skip
        return places.keep(found[0])

    kept = marks.MARK.sub(keep, line)
    is_lone_tag = bool(marks.tag_name(places.mark_of(kept)))
    return f"\n{kept}\n" if is_lone_tag else kept


def greeting() -> str:
    """By how well we know them: by first name whom we have spoken with, in full the others."""
    near = _("Dear %(name)s,") % {"name": "{{ first_name }}"}
    formal = _("Dear %(name)s,") % {"name": "{{ full_name }}"}
    nameless = _("Good day,")
    return (
        f"{{% if first_name and acquainted %}}{near}{{% elsif full_name %}}{formal}"
        f"{{% else %}}{nameless}{{% endif %}}"
    )


def titles() -> dict[str, str]:
    return {
        "know": _("What we know"),
        "not_know": _("What we do not know yet"),
        "doing": _("What we are doing"),
        "next_update": _("When you will hear from us next"),
    }


def _drawn(part: Part, places: Places) -> str:
    if part.kind == "signature":
        return _signature(places)
    inside = _markdown("\n".join(part.lines), part, places)
    if not part.kind:
        return inside
    title = escape(titles()[part.kind])
    return f'<div class="box {part.kind}"><h2>{title}</h2>\n{inside}</div>\n'


def _signature(places: Places) -> str:
    """Who signs: a face where there is one, the name, the business, a number to call."""
    call = _("Call me: %(number)s") % {"number": "{{ sender_phone }}"}
    house_call = _("Call us: %(number)s") % {"number": "{{ business_phone }}"}
    source = (
        "<table class='sign' role='presentation' cellpadding='0' cellspacing='0'><tr>"
        "{% if sender_face %}<td class='face'><img src='{{ sender_face }}' alt='' width='56'"
        " height='56'/></td>{% endif %}<td>"
        "{% if sender_name %}<p><b>{{ sender_name }}</b><br/>{{ business_name }}</p>"
        "{% else %}<p><b>{{ business_name }}</b></p>{% endif %}"
        f"{{% if sender_phone %}}<p>{call}</p>"
        f"{{% elsif business_phone %}}<p>{house_call}</p>{{% endif %}}"
        "</td></tr></table>\n"
    )
    return places.keep_all(source)


def _markdown(source: str, part: Part, places: Places) -> str:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "xhtmlOut": True}).disable("image")
    # What a browser would run or open is no link to it, and would stand there as it was typed:
    # `_check_link` refuses it with a sentence instead.
    reader.validateLink = _anywhere  # type: ignore[method-assign]
    tokens = reader.parse(source)
    _Balance(part, places).check(tokens)
    html = str(reader.renderer.render(tokens, reader.options, {}))
    lone = re.compile(_LONE_TAG.pattern.replace("{token}", places.pattern.pattern))
    return lone.sub(lambda found: found[1] if _is_tag(found[1], places) else found[0], html)


def _anywhere(url: str) -> bool:
    return True


def _is_tag(word: str, places: Places) -> bool:
    return bool(marks.tag_name(places.mark_of(word)))


def _written_lines(part: Part) -> Iterator[int]:
    """The line in which each line that Markdown reads was written."""
    for number, line in enumerate(part.lines, start=part.first_line):
        # A tag alone on its line was given an empty line before and after.
        yield from [number] * (line.count("\n") + 1)
    yield part.first_line + len(part.lines)


def scheme_of(href: str) -> str:
    """How an address begins; NOWHERE if it names no place on the network."""
    try:
        parts = urlsplit(href)
        is_nowhere = parts.scheme in {"http", "https"} and not parts.hostname
    except ValueError:
        return NOWHERE
    return NOWHERE if is_nowhere else parts.scheme


class _Balance:
    """A condition begins and ends in the same paragraph, list or box; links lead where they may."""

    def __init__(self, part: Part, places: Places) -> None:
        self.part = part
        self.places = places
        # What is open, and since which line.
        self.open: list[tuple[str, int]] = []
        self.line = part.first_line
        self.written = list(_written_lines(part))

    def check(self, tokens: "list[Token]") -> None:
        for token in tokens:
            self._one(token)
        if self.open:
            self.line = self.open[-1][1]
            raise self._torn()

    def _one(self, token: "Token") -> None:
        if token.map:
            self.line = self.written[token.map[0]]
        if token.type == "link_open":
            self._check_link(str(token.attrGet("href") or ""))
        if token.type in {"text", "code_inline", "code_block", "fence"}:
            self._tags(token.content)
        elif token.nesting == 1 and token.type != "paragraph_open":
            self.open.append((token.tag, self.line))
        elif token.nesting == -1 and token.type != "paragraph_close":
            self._close(token.tag)
        for child in token.children or ():
            self._one(child)
        is_shared = token.type == "inline" and not _is_tag(token.content, self.places)
        if is_shared and any(one in marks.OPENING for one, _line in self.open[-1:]):
            self._refuse_if_opened_here(token.content)

    def _tags(self, text: str) -> None:
        for found in self.places.pattern.finditer(text):
            name = marks.tag_name(self.places.kept[int(found[1])])
            if name in marks.OPENING:
                self.open.append((name, self.line))
            elif name in marks.CLOSING:
                self._close(name.removeprefix("end"))

    def _close(self, name: str) -> None:
        if not self.open or self.open.pop()[0] != name:
            raise self._torn()

    def _refuse_if_opened_here(self, text: str) -> None:
        names = [
            marks.tag_name(self.places.kept[int(n)]) for n in self.places.pattern.findall(text)
        ]
        opened = sum(name in marks.OPENING for name in names)
        if opened > sum(name in marks.CLOSING for name in names):
            raise self._torn()

    def _torn(self) -> TextRefused:
        return TextRefused(
            _("Line %(line)s of the body: a condition begins in one place and ends in another.")
            % {"line": self.line},
            _("Keep {%% if … %%} and {%% endif %%} in one sentence, or each on a line of its own,"
              " outside or inside the same box.") % {},
            what=_("body"), line=self.line,
        )  # fmt: skip

    def _is_own(self, href: str) -> bool:
        """Whether it is a field that is an address, with nothing behind it that its page does not
        read.
        """
        found = self.places.pattern.match(href)
        if found is None:
            return False
        name = marks.sole_field(self.places.mark_of(found[0]))
        tail = href[found.end() :]
        if name in asking_links and asking_links[name].tail:
            return re.fullmatch(f"(?:{asking_links[name].tail})?", tail) is not None
        return name in address_fields() and not tail

    def _check_link(self, href: str) -> None:
        if self.places.pattern.search(href) and not self._is_own(href):
            raise TextRefused(
                _("Line %(line)s of the body: a field cannot stand in the address of a link.")
                % {"line": self.line},
                _("Only these are addresses: %(marks)s.") % {
                    "marks": ", ".join(f"{{{{ {name} }}}}" for name in sorted(address_fields()))
                },
                what=_("body"), line=self.line,
            )  # fmt: skip
        scheme = scheme_of(href)
        if scheme == NOWHERE:
            raise TextRefused(
                _("Line %(line)s of the body: the address of a link is not complete.")
                % {"line": self.line},
                _("Write all of it, as in https://www.example.org."),
                what=_("body"), line=self.line,
            )  # fmt: skip
        if scheme and scheme not in SCHEMES:
            raise TextRefused(
                _("Line %(line)s of the body: a link cannot lead to “%(scheme)s:”.")
                % {"line": self.line, "scheme": scheme[:20]},
                _("Links begin with https://, mailto: or tel:."),
                what=_("body"), line=self.line,
            )  # fmt: skip
