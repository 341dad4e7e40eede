"""A promise that words make: found while somebody writes, proposed, and made by one tick.

English and German, short lists, and no grammar: it catches the usual ways of naming a day, and
misses the rest. It writes nothing unless it was ticked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.customers.models import Customer
from regulars.promises.actions import LONGEST, make_promise
from regulars.promises.models import Promise
from regulars.promises.rules import may_promise, may_see_promises
from regulars.promises.words import END_OF_DAY
from regulars.team.models import Member
from regulars.team.queries import the_named_business

_WEEKDAYS = {
    name: number
    for names in (
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"),
    )
    for number, name in enumerate(names)
}
_MONTHS = {
    name: number
    for names in (
        ("january", "february", "march", "april", "may", "june", "july", "august", "september",
         "october", "november", "december"),
        ("januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september",
         "oktober", "november", "dezember"),
    )
    for number, name in enumerate(names, start=1)
}  # fmt: skip
_AHEAD = {"today": 0, "tonight": 0, "heute": 0, "tomorrow": 1, "morgen": 1, "übermorgen": 2}
_COUNTED = {
    word: number
    for words in (
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
        ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"),
    )
    for number, word in enumerate(words, start=1)
} | {"a": 1, "an": 1, "einem": 1, "einer": 1, "eines": 1, "der": 1}
_DAYS = {"day": 1, "tag": 1, "week": 7, "woche": 7}
_BEFORE = r"before|vor"
_BY = (
    rf"\b(?P<by>by|until|till|{_BEFORE}|no\s+later\s+than|bis(?:\s+zum)?|spätestens(?:\s+am)?)"
    r"\s+(?:(?:the|next|this|coming|nächsten|kommenden|dem)\s+){0,2}"
)
_NAMED = re.compile(_BY + rf"(?P<name>{'|'.join([*_AHEAD, *_WEEKDAYS])})\b", re.IGNORECASE)
_NUMBERED = re.compile(
    _BY + rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<month>{'|'.join(_MONTHS)})"
    rf"|(?P<month_first>{'|'.join(_MONTHS)})\s+(?P<day_last>\d{{1,2}})(?:st|nd|rd|th)?)\b",
    re.IGNORECASE,
)
_DATED = re.compile(_BY + r"(?P<iso>20\d\d-\d\d-\d\d)\b", re.IGNORECASE)
# Said without “by”, it still is a day to come; “Guten Morgen” is none.
_BARE = re.compile(r"(?<!guten )(?<!good )\b(?P<name>tomorrow|übermorgen|morgen)\b", re.IGNORECASE)
_WITHIN = re.compile(
    r"\b(?:within|in|innerhalb(?:\s+von)?|binnen)\s+(?:the\s+next\s+|den\s+nächsten\s+)?"
    rf"(?P<count>\d{{1,2}}|{'|'.join(_COUNTED)})\s+(?:working\s+|business\s+)?"
    r"(?P<unit>days?|weeks?|hours?|tage?n?s?|wochen?|stunden?)\b",
    re.IGNORECASE,
)
# Enough of any answer; nobody's machine is kept busy by a book.
_READ = 5_000
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """What seems to be promised, in the sentence that says so, and by which day."""

    what: str
    due_on: date


def day_said(words: str, today: date) -> date | None:
    """The day by which words promise something: "by Friday", "within two days", "bis morgen"."""
    found = _found(words[:_READ], today)
    return found[1] if found else None


def proposal_in(words: str, today: date) -> Proposal | None:
    """The first promise that words seem to make, with the sentence in which they do."""
    words = words[:_READ]
    found = _found(words, today)
    if found is None:
        return None
    at, day = found
    begins = max((words.rfind(sign, 0, at) + len(sign) for sign in ("\n", ". ", "! ", "? ")
                  if sign in words[:at]), default=0)  # fmt: skip
    ends = min((place for sign in ("\n", "! ", "? ")
                if (place := words.find(sign, at)) >= 0), default=len(words))  # fmt: skip
    full_stop = re.compile(r"(?<!\d)\.(?:\s|$)").search(words, at)
    if full_stop:
        ends = min(ends, full_stop.start())
    return Proposal(" ".join(words[begins:ends].split())[:MOST_SHOWN], day)


def _found(words: str, today: date) -> tuple[int, date] | None:
    """Where a day is named first, and which."""
    days = [
        (match.start(), day)
        for pattern, read in _READERS
        if (match := pattern.search(words)) and (day := read(match, today)) is not None
    ]
    return min(days, default=None)


def _named(match: "re.Match[str]", today: date) -> date | None:
    name = match["name"].lower()
    if name in _AHEAD:
        day = today + timedelta(days=_AHEAD[name])
    else:
        # Said on a Friday, "by Friday" is a week ahead.
        day = today + timedelta(days=(_WEEKDAYS[name] - today.weekday() - 1) % 7 + 1)
    return _by(match, day, today)


def _numbered(match: "re.Match[str]", today: date) -> date | None:
    day, month = match["day"] or match["day_last"], match["month"] or match["month_first"]
    found = _next(int(day), _MONTHS[month.lower()], today)
    return None if found is None else _by(match, found, today)


def _dated(match: "re.Match[str]", today: date) -> date | None:
    try:
        day = date.fromisoformat(match["iso"])
    except ValueError:
        return None
    return _by(match, day, today) if day >= today else None


def _bare(match: "re.Match[str]", today: date) -> date | None:
    return today + timedelta(days=_AHEAD[match["name"].lower()])


def _within(match: "re.Match[str]", today: date) -> date | None:
    count, unit = match["count"].lower(), match["unit"].lower()
    number = int(count) if count.isdigit() else _COUNTED[count]
    if unit.startswith(("hour", "stund")):
        return today + timedelta(days=number // 24)
    return today + timedelta(days=number * _DAYS["week" if unit[0] == "w" else "day"])


_READERS = (
    (_NAMED, _named), (_NUMBERED, _numbered), (_DATED, _dated), (_BARE, _bare), (_WITHIN, _within),
)  # fmt: skip


def _by(match: "re.Match[str]", day: date, today: date) -> date:
    """Before a day is by the evening of the one before it."""
    is_before = match["by"].lower() in _BEFORE.split("|")
    return max(today, day - timedelta(days=1)) if is_before else day


def _next(day: int, month: int, today: date) -> date | None:
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def promise_as_ticked(
    given: Mapping[str, str], *, by: Actor, at: datetime, customer: Customer | None = None,
    keeper: Member | None = None,
) -> Promise | None:  # fmt: skip
    """Make the promise that somebody ticked beside their words; nothing where none was.

    The same words to the same customer by the same day are one promise, however often they are
    sent. What cannot be promised any more does not keep the words from being written down.
    """
    if not (may_promise(by) and may_see_promises(by)):
        return None
    what = given.get("promised", "").strip()[:LONGEST]
    try:
        day = date.fromisoformat(given.get("promised_on", ""))
    except ValueError:
        return None
    due_at = datetime.combine(day, END_OF_DAY, ZoneInfo(the_named_business().time_zone))
    same = Promise.objects.open().filter(customer=customer, what=what, due_at=due_at).first()
    if same is not None:
        return same
    try:
        return make_promise(
            what=what, due_at=due_at, by=by, at=at, customer=customer, keeper=keeper
        )
    except Refusal:
        return None
