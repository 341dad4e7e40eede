"""What may stand in curly brackets: fields, a few filters, and conditions. Nothing else runs.

RELIABILITY X1: user text is never code. It is read once, and refused with a sentence and a line
where it holds anything but plain fields.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from babel.dates import format_date
from django.conf import settings
from django.utils.translation import gettext as _

from regulars.messaging.errors import TextRefused

TAGS = frozenset("if elsif else endif unless endunless case when endcase".split())
OPENING = frozenset({"if", "unless", "case"})
CLOSING = frozenset({"endif", "endunless", "endcase"})
FILTERS = ("capitalize", "date", "default", "downcase", "strip", "truncate", "upcase")
# So few that the dearest text is rendered within 50 ms (RELIABILITY X1).
MOST_MARKS = 200
LONGEST_MARK = 300
MARK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
# How other programs write fields: %first_name%. Left as it is it would reach the customer.
PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2}%)[A-Za-z_][\w.:-]*%")
_TAG_NAME = re.compile(r"\{%-?\s*([#\w]*)")
_SOLE_FIELD = re.compile(r"\{\{-?\s*(\w+)\s*-?\}\}")
# What is only said where there is such an address.
_WITH_URL = re.compile(
    r"\{%-?\s*if\s+\w+_url\s*-?%\}(?:(?!\{%-?\s*if\b).)*?\{%-?\s*endif\s*-?%\}", re.DOTALL
)
_A_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PARTS = re.compile(r"%-?([a-zA-Z%])")
_IN_BABEL = {
    "d": "dd", "e": "d", "-d": "d", "m": "MM", "b": "MMM", "B": "MMMM", "y": "yy", "Y": "y",
    "a": "EEE", "A": "EEEE",
}  # fmt: skip


class Day(str):
    """A day in words, that still knows which day it is."""

    __slots__ = ("day",)
    day: date


@lru_cache(maxsize=4096)
def day_of(value: str) -> Day | str:
    """2026-11-24 becomes 24 November 2026; anything else stays as it is."""
    if not _A_DAY.fullmatch(value):
        return value
    try:
        moment = date.fromisoformat(value)
    except ValueError:
        return value
    said = Day(_formatted(moment, "d MMMM y"))
    said.day = moment
    return said


@lru_cache(maxsize=4096)
def _formatted(moment: date, pattern: str) -> str:
    # By the instance's language and not the reader's: rendered again, a message must be the same.
    return format_date(moment, pattern, locale=settings.LANGUAGE_CODE.replace("-", "_"))


def date_filter(value: object, pattern: object = "") -> object:
    """`date: "%-d %B"`; what is no day passes unchanged."""
    if not isinstance(value, Day):
        return value

    def part(match: "re.Match[str]") -> str:
        key = match[0][1:]
        known = _IN_BABEL.get(key) or _IN_BABEL.get(match[1])
        return _formatted(value.day, known) if known else ""

    return _PARTS.sub(part, str(pattern)) if pattern else value


@dataclass(slots=True)
class Read:
    """What stands in the brackets of one text."""

    fields: set[str] = field(default_factory=set)
    # Said without a condition and without a word for those who have none.
    needed: set[str] = field(default_factory=set)
    # Said also where there is no address to link to.
    without_url: set[str] = field(default_factory=set)


def read_marks(what: str, source: str, known: Collection[str]) -> Read:
    """Read a text, or refuse it with the line and what to write instead."""
    from regulars.messaging.filling import fields_read

    _refuse_strange_signs(what, source)
    read = fields_read(what, source, known)
    read.without_url = read.fields & set(re.findall(r"\w+", _WITH_URL.sub("", source)))
    return read


def mark_of(name: str, otherwise: str = "") -> str:
    """A field as it is written, with what to say where there is none."""
    return f'{{{{ {name} | default: "{otherwise}" }}}}' if otherwise else f"{{{{ {name} }}}}"


def tag_name(mark: str) -> str:
    """`if`, `endif` …; nothing for a field, or for a whole condition."""
    found = _TAG_NAME.match(mark)
    return found[1] if found and mark.count("{%") == 1 else ""


def sole_field(mark: str) -> str:
    """The field that a mark says, where it says nothing besides."""
    found = _SOLE_FIELD.fullmatch(mark.strip())
    return found[1] if found else ""


def line_of(source: str, position: int) -> int:
    return source.count("\n", 0, max(position, 0)) + 1


def _refuse_strange_signs(what: str, source: str) -> None:
    found = list(MARK.finditer(source))
    if len(found) > MOST_MARKS:
        raise TextRefused(
            _("The %(what)s holds %(count)s fields and conditions; %(most)s is the most.")
            % {"what": what, "count": len(found), "most": MOST_MARKS},
            _("Say less in one message."),
            what=what,
        )
    for mark in found:
        _refuse_strange_mark(what, source, mark)
    _refuse_unclosed(what, source, found)
    # Blanked out, so that what stands between is seen at its own place.
    between = MARK.sub(lambda mark: " " * len(mark[0]), source)
    if stray := _STRAY.search(between):
        raise unreadable(what, source, stray.start())
    if named := PERCENT.search(between):
        raise TextRefused(
            _("Line %(line)s of the %(what)s: “%(found)s” is not how fields are written here.")
            % {"line": line_of(source, named.start()), "what": what, "found": named[0][:60]},
            _("Write it in curly brackets: {{ first_name }}."),
            what=what, line=line_of(source, named.start()),
        )  # fmt: skip


def _refuse_strange_mark(what: str, source: str, mark: "re.Match[str]") -> None:
    line = line_of(source, mark.start())
    if len(mark[0]) > LONGEST_MARK:
        raise TextRefused(
            _("Line %(line)s of the %(what)s: what stands in the brackets is too long.")
            % {"line": line, "what": what},
            _("Keep a field and its words under %(most)s letters.") % {"most": LONGEST_MARK},
            what=what, line=line,
        )  # fmt: skip
    name = _TAG_NAME.match(mark[0])
    if name and name[1] not in TAGS:
        raise TextRefused(
            _("Line %(line)s of the %(what)s: “%(found)s” cannot be used in a text.")
            % {"line": line, "what": what, "found": mark[0][:60]},
            _("Only conditions can: {% if %}, {% unless %} and {% case %}."),
            what=what, line=line,
        )  # fmt: skip


def _refuse_unclosed(what: str, source: str, found: "list[re.Match[str]]") -> None:
    open_since: list[re.Match[str]] = []
    for mark in found:
        name = tag_name(mark[0])
        if name in OPENING:
            open_since.append(mark)
        elif name in CLOSING and (
            not open_since or tag_name(open_since.pop()[0]) != name.removeprefix("end")
        ):
            raise unreadable(what, source, mark.start())
    if open_since:
        raise unreadable(what, source, open_since[-1].start())


def unreadable(what: str, source: str, position: int) -> TextRefused:
    line = line_of(source, position)
    found = source[position:].split("\n", 1)[0].strip()[:60]
    return TextRefused(
        _("Line %(line)s of the %(what)s cannot be read: “%(found)s”.")
        % {"line": line, "what": what, "found": found},
        _("A field is written {{ first_name }}; each {% if … %} needs its {% endif %}."),
        what=what, line=line,
    )  # fmt: skip
