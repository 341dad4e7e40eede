"""Days and moments in the styles that people and programs write them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

ISO = re.compile(r"^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T\s]+(.+))?$", re.ASCII | re.IGNORECASE)
COMPACT = re.compile(r"^((?:19|20)\d\d)(\d\d)(\d\d)(?:[T ]?(\d{2})(\d{2})(\d{2})?Z?)?$", re.ASCII)
NUMBERS = re.compile(
    r"^(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?:,?\s+(.+))?$", re.ASCII
)
DAY_WORD = re.compile(
    r"^(?:\w+\.?,\s*)?(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:de\s+)?([^\W\d]+)\.?[\s,-]+(?:de\s+)?(\d{4}|\d{2})(?:,?\s+(.+))?$"
)
WORD_DAY = re.compile(
    r"^(?:\w+\.?,\s*)?([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:,?\s+(.+))?$"
)
CLOCK = re.compile(
    r"^(?:at\s+)?(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*([ap])?\.?m?\.?"
    r"\s*(Z|(?:UTC|GMT)?\s*[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)?$",
    re.ASCII | re.IGNORECASE,
)
SERIAL = re.compile(r"^\d{4,5}(?:\.\d+)?$", re.ASCII)
# Clock times are read where the business is; a zone comes to them afterwards.
EXCEL_BEGINS = datetime(1899, 12, 30)  # noqa: DTZ001
# Two-digit years up to this many years ahead are of this century.
YEARS_AHEAD = 10
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "tr")


@dataclass(frozen=True, slots=True)
class DateStyle:
    """How one column writes its dates; `zone` is where clock times without a zone were read."""

    zone: str
    day_first: bool = True
    serials: bool = False
    year_now: int = 2000


@dataclass(frozen=True, slots=True)
class Moment:
    """`utc` and `day` are texts that both databases take: the moment, and the local day."""

    utc: str
    day: str


class NotADate(ValueError):
    """The text is no date, or names a day that the calendar does not have."""


def read_moment(text: str, style: DateStyle) -> Moment:
    """Read a day or a moment. Raises `NotADate` with a sentence."""
    local, zone = _read(text.strip().strip("'").strip(), style)
    here = ZoneInfo(style.zone)
    if zone is None:
        # A time that the clocks skip moves on, one that comes twice is the first of the two.
        utc, day = local.replace(tzinfo=here).astimezone(UTC), local.date()
    else:
        utc = (local - zone).replace(tzinfo=UTC)
        day = utc.astimezone(here).date()
    return Moment(utc.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0"), day.isoformat())


def _read(text: str, style: DateStyle) -> tuple[datetime, timedelta | None]:
    if found := ISO.match(text):
        return _with_clock(found[1], found[3], found[4], found[5])
    if found := COMPACT.match(text):
        clock_text = f"{found[4]}:{found[5]}:{found[6] or '00'}" if found[4] else None
        return _with_clock(found[1], found[2], found[3], clock_text)
    if found := NUMBERS.match(text):
        return _from_numbers(found, style)
    if found := DAY_WORD.match(text):
        year = _full_year(found[3], style.year_now)
        return _with_clock(year, _month(found[2]), found[1], found[4])
    if found := WORD_DAY.match(text):
        return _with_clock(found[3], _month(found[1]), found[2], found[4])
    if style.serials and SERIAL.match(text):
        return EXCEL_BEGINS + timedelta(seconds=round(float(text) * 86400)), None
    raise NotADate(_("“%(text)s” is not a date that can be read.") % {"text": text[:60]})


def _from_numbers(found: re.Match[str], style: DateStyle) -> tuple[datetime, timedelta | None]:
    first, second = int(found[1]), int(found[3])
    year = _full_year(found[4], style.year_now)
    day_first = style.day_first
    if second > 12 >= first:
        day_first = False
    elif first > 12 >= second:
        day_first = True
    day, month = (first, second) if day_first else (second, first)
    return _with_clock(year, month, day, found[5])


def _with_clock(
    year: str | int, month: str | int, day: str | int, clock_text: str | None
) -> tuple[datetime, timedelta | None]:
    try:
        on = date(int(year), int(month), int(day))
    except ValueError as error:
        text = f"{day}.{month}.{year}"
        raise NotADate(_("The calendar has no %(text)s.") % {"text": text}) from error
    if on.year < 1700 or on.year > 2200:
        raise NotADate(_("The year %(year)s cannot be right.") % {"year": on.year})
    midnight = datetime(on.year, on.month, on.day)  # noqa: DTZ001
    return (midnight, None) if not clock_text else _on_the_clock(midnight, clock_text.strip())


def _on_the_clock(midnight: datetime, text: str) -> tuple[datetime, timedelta | None]:
    found = CLOCK.match(text)
    if found is None:
        raise NotADate(_("“%(text)s” is not a time of day.") % {"text": text[:40]})
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if found[5] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if found[5].lower() == "p" else 0)
    if hour > 23 or minute > 59 or second > 60:
        raise NotADate(_("“%(text)s” is not a time of day.") % {"text": text[:40]})
    at = midnight + timedelta(hours=hour, minutes=minute, seconds=min(second, 59))
    return at, _offset(found[6])


def _offset(text: str | None) -> timedelta | None:
    if not text:
        return None
    found = re.search(r"([+-])(\d{1,2}):?(\d{2})?$", text)
    if found is None:
        return timedelta(0)
    size = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return -size if found[1] == "-" else size


def _full_year(text: str, year_now: int) -> int:
    if len(text) == 4:
        return int(text)
    century = year_now // 100 * 100
    year = century + int(text)
    return year - 100 if year > year_now + YEARS_AHEAD else year


def _month(word: str) -> int:
    month = month_words().get(word.casefold()[:12])
    if month is None:
        raise NotADate(_("“%(word)s” is not a month.") % {"word": word[:40]})
    return month


@cache
def month_words() -> dict[str, int]:
    """Full and short names of months in the common languages of Europe."""
    from babel.dates import get_month_names

    words: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, word in get_month_names(width, context, language).items():
                    words.setdefault(word.casefold().rstrip(".")[:12], number)
    return words | {"sept": 9, "mai": 5}
