"""What is wrong or unwise in a text, said beside the editor while it is written."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.consent.choices import Purpose
from regulars.core.actor import SYSTEM, Actor
from regulars.core.asking_links import asking_links
from regulars.core.selling_words import asks_how_to_help, what_sells
from regulars.core.template_fields import (
    TemplateField,
    every_template_field,
    hidden_of,
    template_fields,
)
from regulars.core.templatetags.look import number
from regulars.messaging.errors import TextRefused
from regulars.messaging.marks import MARK, line_of, mark_of
from regulars.messaging.models import TemplateVersion
from regulars.messaging.paper import BLOCKS, NOWHERE, address_fields, scheme_of
from regulars.messaging.texts import (
    HOUSE_VALUES,
    Compiled,
    Prepared,
    Rendered,
    compile_version,
)

# Gmail shows no more than 102 KB of a page, and hides the way out with the rest.
LARGEST_PAGE = 100_000
WAYS_OUT = ("unsubscribe_url", "preferences_url")
# Stands for such a link where a sheet is tried out.
WAY_OUT = "https://way-out.invalid/"
# A phone shows about 40 letters of a subject, a desk about 60.
LONG_SUBJECT = 60
SHORTENERS = frozenset(
    "bit.ly buff.ly cutt.ly goo.gl is.gd lnkd.in ow.ly rb.gy rebrand.ly shorturl.at t.co t.ly"
    " tiny.cc tinyurl.com".split()
)
_NAME = re.compile(r"[a-z]\w*")
# In curly brackets, what names no field: what stands instead, filters, and the words of conditions.
_NO_NAME = re.compile(r"\"[^\"]*\"|'[^']*'|\|\s*\w+|\b(?:if|elsif|else|endif|and|or|contains)\b")
_LINK = re.compile(r"\]\(\s*<?([^)>\s]*)|<(https?:[^>\s]+)>", re.IGNORECASE)
_UNWRITTEN = re.compile(r"\[[^\]\n]{3,}\](?![(\[:])")
_SELLS = re.compile(
    r"\d+\s?(?:%|percent) off\b|\b(?:buy now|order now|shop now|on sale|special offer|discount code"
    r"|voucher|limited time|last chance|while stocks last|ends (?:today|tomorrow|soon)|half price"
    r"|save (?:up to )?[£$€]?\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about a text and what to do; a grave one stands in the way of sending it."""

    code: str
    sentence: str
    remedy: str
    is_grave: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it stands in the editor."""

    subject: str
    preheader: str
    body: str
    purpose: str
    layout: str = ""


def findings_of(
    written: Written, among: "QuerySet[Any, Any] | None" = None, *, seen_by: Actor = SYSTEM
) -> list[Finding]:
    """Grave ones first; a text that cannot be read is told that alone.

    What is missing is counted among these ids of customers, or among everybody on the list; of a
    field that is hidden from whoever reads this, how many lack it is not told either.
    """
    try:
        compiled = _compiled(written)
    except TextRefused as no:
        return [_refused(no)]
    found = [
        *_on_what_is_missing(compiled, among, seen_by),
        *_on_what_is_written(written, compiled),
    ]
    return sorted(found, key=lambda one: not one.is_grave)


def grave_findings(written: Written) -> list[Finding]:
    """What stands in the way of sending it, without asking about any customer."""
    try:
        found = list(_on_what_is_written(written, _compiled(written)))
    except TextRefused as no:
        return [_refused(no)]
    return [one for one in found if one.is_grave]


def written_of(version: TemplateVersion) -> Written:
    return Written(
        version.subject, version.preheader, version.body, version.purpose, version.layout
    )


def _compiled(written: Written) -> Compiled:
    return compile_version(written.subject, written.preheader, written.body, written.layout)


def _refused(no: TextRefused) -> Finding:
    return Finding("refused", no.sentence, no.remedy, is_grave=True)


def _on_what_is_written(written: Written, compiled: Compiled) -> list[Finding]:
    return [
        *_on_the_subject(written),
        *_on_the_words(written, compiled),
        *_on_the_links(written.body),
        *_on_the_page(compiled),
        *_on_the_way_out(written, compiled),
    ]


def _on_the_subject(written: Written) -> Iterator[Finding]:
    if not written.subject.strip():
        yield Finding(
            "no_subject", _("There is no subject."),
            _("Say in a few words what the message is about."), is_grave=True,
        )  # fmt: skip
    elif len(MARK.sub("12345678", written.subject)) > LONG_SUBJECT:
        yield Finding(
            "long_subject",
            _("The subject is longer than most screens show."),
            _("Keep it under %(most)s letters.") % {"most": LONG_SUBJECT},
        )
    if not written.body.strip():
        yield Finding(
            "no_body", _("There is no text yet."),
            _("Begin with {{ greeting }} and end with {{ signature }}."), is_grave=True,
        )  # fmt: skip


def _on_what_is_missing(
    compiled: Compiled, among: "QuerySet[Any, Any] | None", seen_by: Actor
) -> Iterator[Finding]:
    """One count for each field that is said alone, however many customers there are."""
    every, hidden = every_template_field(), hidden_of(compiled.needed, seen_by)
    for name in compiled.needed:
        if name in hidden:
            yield _may_be_missing(every[name])
            continue
        field = every[name]
        lacking = field.missing() if field.missing else None
        if lacking is None:
            continue
        count = (lacking if among is None else lacking.filter(pk__in=among)).count()
        if count:
            yield Finding(
                "missing",
                ngettext(
                    "%(count)s customer has no “%(label)s” and would not get this message.",
                    "%(count)s customers have no “%(label)s” and would not get this message.",
                    count,
                )
                % {"count": number(count), "label": field.label},
                _("Say what stands there instead: %(mark)s.")
                % {"mark": mark_of(name, str(field.when_empty) or "…")},
            )


def _may_be_missing(field: TemplateField) -> Finding:
    return Finding(
        "missing",
        _("Who has no “%(label)s” would not get this message; how many is hidden from your role.")
        % {"label": field.label},
        _("Say what stands there instead: %(mark)s.")
        % {"mark": mark_of(field.name, str(field.when_empty) or "…")},
    )


def lacking_of(name: str) -> "QuerySet[Any] | None":
    """The customers on the list who have nothing in this field; None where everybody has."""
    field = every_template_field().get(name)
    missing = field.missing if field else None
    return missing() if missing else None


def _on_the_words(written: Written, compiled: Compiled) -> Iterator[Finding]:
    if unwritten := _UNWRITTEN.search(written.body):
        yield Finding(
            "unwritten",
            _("Line %(line)s still holds a place to fill in: %(found)s")
            % {"line": line_of(written.body, unwritten.start()), "found": unwritten[0][:80]},
            _("Write what belongs there, or take it out."),
            is_grave=True,
        )
    if written.body.strip() and not compiled.fields and "{{ signature }}" not in written.body:
        yield Finding(
            "impersonal",
            _("Nothing in it is personal: everybody would read the same."),
            _("Begin with {{ greeting }}, or sign it with {{ signature }}."),
        )
    if asks_with_strings(written):
        yield Finding("strings", *no_strings(), is_grave=True)
    elif sells := hidden_sale(written):
        yield Finding(
            "sells", sells,
            _("Take the offer out, or choose the purpose “%(sell)s”.")
            % {"sell": Purpose.SELL.label},
            is_grave=bool(offered_under(written)),
        )  # fmt: skip


def asks_with_strings(written: Written) -> bool:
    """Whether a text asks something that takes no offer, and has one or is meant to sell.

    It asks by the link to such a page; or it is meant to ask, and its words ask how we can help.
    """
    marks = [link.mark for link in asking_links if link.takes_no_offer]
    words = f"{written.subject}\n{written.preheader}\n{written.body}"
    if any(mark in written.body for mark in marks):
        if written.purpose == Purpose.SELL:
            return True
    elif written.purpose != Purpose.ASK or not asks_how_to_help(words):
        return False
    return bool(hidden_sale(written)) or what_sells(MARK.sub(" ", words)) is not None


def no_strings() -> tuple[str, str]:
    """Why such a text goes to nobody, and what to do."""
    return (
        _("It asks how you can help, and sells besides: then nobody believes the question."),
        _("Take the offer out, and choose a purpose other than “%(sell)s”.")
        % {"sell": Purpose.SELL.label},
    )


def hidden_sale(written: Written) -> str:
    """The sentence about words that sell under another purpose; empty where there are none."""
    if said := offered_under(written):
        return said
    sells = _SELLS.search(f"{written.subject}\n{written.preheader}\n{written.body}")
    if sells is None or written.purpose == Purpose.SELL:
        return ""
    return _("It is meant to “%(purpose)s”, and it sells: “%(found)s”.") % {
        "purpose": Purpose(written.purpose).label, "found": sells[0],
    }  # fmt: skip


def offered_under(written: Written) -> str:
    """The sentence about an offer itself, its code or its link, under a purpose that sells nothing.

    Words may sound like selling and be none; this is it, whatever stands around it.
    """
    marks = " ".join(MARK.findall(f"{written.subject} {written.body}"))
    said = set(_NAME.findall(_NO_NAME.sub(" ", marks)))
    if not said or written.purpose == Purpose.SELL:
        return ""
    labels = {link.mark: link.label for link in asking_links if link.sells}
    # Those that the business makes itself are looked up only where one may be said.
    every = {one.name: one for one in template_fields}
    if not said <= every.keys() | address_fields() | HOUSE_VALUES | BLOCKS:
        every = every_template_field()
    labels |= {name: one.label for name, one in every.items() if one.sells}
    found = sorted(said & labels.keys())
    if not found:
        return ""
    return _("It is meant to “%(purpose)s”, and it sells: “%(found)s”.") % {
        "purpose": Purpose(written.purpose).label, "found": labels[found[0]],
    }  # fmt: skip


def _on_the_links(body: str) -> Iterator[Finding]:
    for found in _LINK.finditer(body):
        target = found[1] or found[2] or ""
        if MARK.fullmatch(target):
            continue
        finding = _on_one_link(target, line_of(body, found.start()))
        if finding:
            yield finding


def _on_one_link(target: str, line: int) -> Finding | None:
    said = {"line": line, "target": target[:60]}
    if scheme_of(target) == NOWHERE:
        return _dead(said)
    parts = urlsplit(target)
    if parts.scheme == "http":
        return Finding(
            "plain_link", _("Line %(line)s links to %(target)s without protection.") % said,
            _("Write https:// instead, if the page answers there."),
        )  # fmt: skip
    if (parts.hostname or "").removeprefix("www.") in SHORTENERS:
        return Finding(
            "short_link",
            _("Line %(line)s links to %(target)s: nobody sees where that leads.") % said,
            _("Write the address it stands for; mail programs distrust short ones."),
        )
    if not parts.scheme and not target.startswith("{{"):
        return _dead(said)
    return None


def _dead(said: Mapping[str, object]) -> Finding:
    return Finding(
        "dead_link", _("Line %(line)s links to “%(target)s”, which leads nowhere.") % said,
        _("In a message a link begins with https://, mailto: or tel:."), is_grave=True,
    )  # fmt: skip


def _on_the_page(compiled: Compiled) -> Iterator[Finding]:
    size = len(compiled.html.encode())
    if size > LARGEST_PAGE:
        yield Finding(
            "large",
            _("The page has %(size)s KB; Gmail cuts it off at 102 KB.")
            % {"size": number(round(size / 1000))},
            _("Say less here, and link to the rest."),
            is_grave=True,
        )


def _on_the_way_out(written: Written, compiled: Compiled) -> Iterator[Finding]:
    """A sheet of one's own must offer it to everybody; the house's does."""
    if not any(way in compiled.html for way in WAYS_OUT):
        yield _no_way_out(_("There is no way out: nobody could say that they want to hear less."))
    elif written.layout:
        try:
            yield from _on_whom_it_reaches(compiled)
        except TextRefused as no:
            yield _refused(no)


def _on_whom_it_reaches(compiled: Compiled) -> Iterator[Finding]:
    """Rendered for those of whom we know all, nothing, or all but one thing."""
    sheet = Prepared(
        compiled.subject, compiled.preheader, compiled.html, compiled.text, compiled.fields
    )
    links = dict.fromkeys(WAYS_OUT, WAY_OUT)
    every = every_template_field()
    known = {name: str(every[name].example) or "x" for name in compiled.fields}
    known |= dict.fromkeys(HOUSE_VALUES, "x")
    some = ({key: known[key] for key in known if key != name} for name in known)
    for values in (known, {}, *some):
        if WAY_OUT not in sheet.render({**values, **links}).html:
            yield _no_way_out(
                _("The way out stands under a condition, and would not be said to everybody.")
            )
            return
    # Before the address is proved there are no links; what says them anyway waits for that.
    if not compiled.has_links and not _lines_added(
        sheet.render(known), sheet.render(known | links)
    ):
        yield _no_way_out(_("Where there are no links yet, nothing says how to hear less."))


def _lines_added(to: Rendered, beside: Rendered) -> set[str]:
    return {*to.text.splitlines()} - {*beside.text.splitlines()}


def _no_way_out(sentence: str) -> Finding:
    return Finding(
        "no_way_out", sentence,
        _("Put {{ preferences_url }} or {{ unsubscribe_url }} into the layout, under no condition,"
          " or empty it: the house's own has both."),
        is_grave=True,
    )  # fmt: skip
