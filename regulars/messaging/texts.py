"""What is written, made ready once; then rendered for each customer alone.

Compiling reads Liquid, Markdown and MJML. Rendering fills plain values in and nothing else: a
pure function of a version and one customer's frozen values (RELIABILITY M9, X1).
"""

import hashlib
import html
import json
import re
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.template_fields import template_fields_now
from regulars.messaging.choices import LONGEST_SHORT
from regulars.messaging.errors import TextRefused
from regulars.messaging.layouts import check_layout, house_layout, html_of
from regulars.messaging.marks import (
    MARK,
    PERCENT,
    Read,
    day_of,
    read_marks,
    sole_field,
    tag_name,
)
from regulars.messaging.models import TemplateVersion
from regulars.messaging.paper import BLOCKS, Places, address_fields, page_of

# Added to every message by who sends it; frozen with the rest.
HOUSE_VALUES = frozenset({
    "business_name", "business_address", "business_phone",
    "sender_name", "sender_phone", "sender_face",
})  # fmt: skip
LONGEST_BODY = 50_000
LONGEST_SUBJECT = 200
MOST_PREPARED = 256
# Where a customer's own link stood, for everybody else.
NO_LINK = "#their-own-link"
_NONE: frozenset[str] = frozenset()
_SEPARATOR = "\x1e"
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]]+@[^\s<>\"'(),;:\[\]]+[^\s<>\"'(),;:\[\].!?]")
_LINK = re.compile(r"\[([^\]\n]*)\]\(<?([^)>\s]*)>?\)")
_ESCAPED = re.compile(r"^(\s*(?:- )?(?:\d+)?)\\([-+.])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A text with only fields and conditions left to fill in."""

    subject: str
    preheader: str
    html: str
    text: str
    # What must be asked of the customer; the sender's own values are not among them.
    fields: list[str]
    needed: list[str]
    # It says a customer's own link even where there is none, so it cannot leave without PUBLIC_URL.
    has_links: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    preheader: str
    html: str
    text: str
    # Fields that the text says alone, and of which this customer has nothing.
    empty_fields: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        whole = "\x00".join((self.subject, self.html, self.text))
        return hashlib.sha256(whole.encode()).hexdigest()


def common_fields() -> frozenset[str]:
    """What every text can say whoever reads it: the house, who signs, links of their own."""
    return HOUSE_VALUES | address_fields()


def compile_version(subject: str, preheader: str, body: str, layout: str = "") -> Compiled:
    """Make a text ready to be rendered; a Refusal says what is wrong, in which line."""
    _refuse_size(subject, preheader, body)
    known = {*template_fields_now(), *common_fields()}
    reads = [
        read_marks(_("subject"), subject, known),
        read_marks(_("preheader"), preheader, known),
        read_marks(_("body"), body, known | BLOCKS),
    ]
    if layout:
        reads.append(read_marks(_("layout"), layout, known | {"content", "subject", "preheader"}))
        check_layout(layout)
    places = Places("\n".join((subject, preheader, body, layout)))
    page, text = _pages(subject, preheader, body, layout or house_layout(), places)
    return _compiled(_one_line(subject), _one_line(preheader), page, text, reads)


def compile_short(words: str) -> Compiled:
    """Make the words of a text message ready: below them stand who sends it, and the way out."""
    words, what = _one_line(words), _("text message")
    _refuse_length(what, words, LONGEST_SHORT)
    read = read_marks(what, words, {*template_fields_now(), *HOUSE_VALUES})
    leave = _("No more texts: %(link)s") % {"link": "{{ unsubscribe_url }}"}
    by_answer = _("Answer STOP for no more texts.")
    way_out = f"{{% if unsubscribe_url %}}{leave}{{% else %}}{by_answer}{{% endif %}}"
    return _compiled(words, "", "", f"{words}\n{{{{ business_name }}}}\n{way_out}", [read])


def _compiled(subject: str, preheader: str, page: str, text: str, reads: list[Read]) -> Compiled:
    said = {name for read in reads for name in read.fields}
    asked = {"first_name", "full_name", "acquainted"} if "greeting" in said else set()
    fields = sorted((said | asked) & set(template_fields_now()) - common_fields())
    needed = sorted({name for read in reads for name in read.needed} & set(fields))
    whole = json.dumps([subject, preheader, page, text, fields])
    return Compiled(
        subject=subject, preheader=preheader, html=page, text=text, fields=fields, needed=needed,
        has_links=any(read.without_url & address_fields() for read in reads),
        sha256=hashlib.sha256(whole.encode()).hexdigest(),
    )  # fmt: skip


def _refuse_size(subject: str, preheader: str, body: str) -> None:
    limits = (
        (_("subject"), subject, LONGEST_SUBJECT),
        (_("preheader"), preheader, LONGEST_SUBJECT),
        (_("body"), body, LONGEST_BODY),
    )
    for what, text, most in limits:
        _refuse_length(what, text, most)


def _refuse_length(what: str, text: str, most: int) -> None:
    if len(text) > most:
        raise TextRefused(
            _("The %(what)s has %(count)s letters; %(most)s is the most.")
            % {"what": what, "count": len(text), "most": most},
            _("Say less, and link to the rest."),
            what=what,
        )
    if _CONTROLS.search(text.replace("\r\n", "\n")):
        raise TextRefused(
            _("The %(what)s holds signs that cannot be seen or printed.") % {"what": what},
            _("Type it anew instead of pasting it."),
            what=what,
        )


def _pages(subject: str, preheader: str, body: str, layout: str, places: Places) -> tuple[str, str]:
    """The page and its plain text, with fields and conditions back in place."""
    words = page_of(body, places)
    own = {
        "content": places.keep("{{ content }}"),
        # Said in the title and the preview of the page: what the author wrote there is text.
        "subject": places.keep(_escaped_between(_one_line(subject))),
        "preheader": places.keep(_escaped_between(_one_line(preheader))),
    }
    sheet = html_of(_kept(layout, own, places))
    _refuse_made(sheet + words)
    page = sheet.replace(own["content"], words)
    plain = page[page.find("<body") :].replace(own["preheader"], "")
    return places.put_back(page), _text_of(plain, places)


def _kept(layout: str, own: Mapping[str, str], places: Places) -> str:
    return MARK.sub(lambda one: own.get(sole_field(one[0])) or places.keep(one[0]), layout)


def _escaped_between(source: str) -> str:
    places = Places(source)
    return places.put_back(html.escape(MARK.sub(lambda one: places.keep(one[0]), source)))


def _refuse_made(page: str) -> None:
    """Two signs that only together make a field were written apart, to slip through."""
    for sign in ("{{", "{%", "}}", "%}"):
        if sign in re.sub(r"<style[^>]*>.*?</style>", "", page, flags=re.DOTALL):
            raise TextRefused(
                _("The body writes “%(sign)s” in a roundabout way.") % {"sign": sign},
                _("Leave out the second of two curly brackets."), what=_("body"),
            )  # fmt: skip


def _text_of(page: str, places: Places) -> str:
    import html2text

    maker = html2text.HTML2Text(bodywidth=0)
    maker.ignore_images = maker.ignore_emphasis = maker.ignore_tables = True
    maker.unicode_snob = True
    maker.ul_item_mark = "-"
    text = _ESCAPED.sub(r"\1\2", maker.handle(page))
    text = _LINK.sub(lambda one: one[1] if one[1] == one[2] else f"{one[1]}: {one[2]}", text)
    # Headings are words, without the signs of Markdown.
    text = re.sub(r"^#+ ", "", text, flags=re.MULTILINE)
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    text = _without_gaps(text, places)
    return places.put_back(re.sub(r"\n{3,}", "\n\n", text).strip() + "\n")


def _without_gaps(text: str, places: Places) -> str:
    """A condition on a line of its own leaves no empty line behind."""

    def tightened(found: "re.Match[str]") -> str:
        mark = places.kept[int(found[1])]
        return found[0].rstrip("\n") if tag_name(mark) else found[0]

    return re.sub(rf"^{places.pattern.pattern}\n+", tightened, text, flags=re.MULTILINE)


def _one_line(text: str) -> str:
    return " ".join(text.split())


class Prepared:
    """A version, read once; rendering shares nothing between customers."""

    __slots__ = ("_page", "_text", "addresses", "needed", "sha256")

    def __init__(
        self, subject: str, preheader: str, page: str, text: str, fields: list[str]
    ) -> None:
        from regulars.messaging.filling import IN_PAGE, IN_TEXT, needed_fields

        whole = json.dumps([subject, preheader, page, text, fields])
        self.sha256 = hashlib.sha256(whole.encode()).hexdigest()
        self._page = IN_PAGE.from_string(page)
        self._text = IN_TEXT.from_string(_SEPARATOR.join((subject, preheader, text)))
        self.needed = tuple(sorted(set(needed_fields(self._text)) & set(fields)))
        # What the author wrote is no customer's secret, whoever else is written to.
        self.addresses = addresses_in(f"{subject}\n{preheader}\n{text}")

    def render(self, context: Mapping[str, Any]) -> Rendered:
        """Fill in one customer's plain values."""
        from regulars.messaging.filling import filled

        values = {name: _shown(value) for name, value in context.items() if value not in ("", None)}
        page = filled(self._page, values)
        subject, preheader, text = filled(self._text, values).split(_SEPARATOR, 2)
        empty = tuple(name for name in self.needed if name not in values)
        while "\n\n\n" in text:
            text = text.replace("\n\n\n", "\n\n")
        return Rendered(_one_line(subject), _one_line(preheader), page, text, empty)


def _shown(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if len(value) == 10 and value[4] == "-":
        return day_of(value)
    return value if value.isprintable() else _CONTROLS.sub("", value)


_prepared: "OrderedDict[int, Prepared]" = OrderedDict()


def prepare(version: TemplateVersion) -> Prepared:
    """A version made ready; one that was changed behind our back is refused, never sent."""
    known = _prepared.get(version.pk)
    if known is not None and known.sha256 == version.sha256:
        return known
    prepared = Prepared(
        version.subject, version.preheader, version.html, version.text, version.fields
    )
    if prepared.sha256 != version.sha256:
        raise TextRefused(
            _("Version %(number)s of this text is not what it was when it was frozen.")
            % {"number": version.number},
            _("Keep the text again: that makes a new version."),
        )
    _prepared[version.pk] = prepared
    while len(_prepared) > MOST_PREPARED:
        _prepared.popitem(last=False)
    return prepared


def preview_of(compiled: Compiled) -> Prepared:
    """A text made ready that no version holds yet."""
    return Prepared(
        compiled.subject, compiled.preheader, compiled.html, compiled.text, compiled.fields
    )


def addresses_in(text: str) -> frozenset[str]:
    """The mail addresses in a text, as they are compared."""
    return frozenset(one.casefold() for one in _ADDRESS.findall(text)) if "@" in text else _NONE


def without_links(context: Mapping[str, Any]) -> dict[str, Any]:
    """The same values for whoever only looks: no link in them opens what a customer's own does."""
    links = {name for name in address_fields() if context.get(name)}
    return {**context, **dict.fromkeys(links, NO_LINK)}


def check_rendered(
    rendered: Rendered, own_address: str, others: Collection[str],
    ours: frozenset[str] = _NONE,
) -> str:  # fmt: skip
    """Why a rendered message must not leave; nothing where it may (RELIABILITY M9).

    `ours` are addresses that we say ourselves: they may be a customer's as well.
    """
    if rendered.empty_fields or not rendered.subject:
        return "empty_field"
    plain = f"{rendered.subject}\n{rendered.preheader}\n{rendered.text}"
    if any(sign in one for one in (plain, rendered.html) for sign in ("{{", "{%")):
        return "unfilled"
    if PERCENT.search(plain):
        return "unfilled"
    if "@" in plain and others:
        found = addresses_in(plain) - ours - {own_address.casefold()}
        if not found.isdisjoint({one.casefold() for one in others}):
            return "foreign_address"
    return ""
