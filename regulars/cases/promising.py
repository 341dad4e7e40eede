"""What words promise: a day that can be kept, or betterment that nobody can hold us to.

Two languages, short lists, and no grammar: it catches the usual ways of saying it, and misses the
rest. What it finds is proposed or asked about; it writes nothing itself.
"""

import re
from datetime import date, timedelta

_VAGUE = re.compile(
    r"""\b(?:
      (?:we|i)(?:\s+promise(?:\s+you)?\s+(?:to|that\s+we(?:'ll|\s+will))|\s+will|'ll|\s+shall)
        (?:\s+\w+){0,2}\s+(?:do|be|get|try|work)(?:\s+\w+)?\s+(?:better|harder)
      | (?:will\s+not|won't|will\s+never|never)\s+happen\s+again
      | (?:kommt|wird)\s+(?:ganz\s+\w+\s+)?nicht\s+(?:wieder|mehr)\s+vor(?:kommen)?
      | versprechen(?:\s+\w+){0,4}\s+(?:besserung|besser|bessern)
      | werden\s+(?:uns\s+)?(?:künftig\s+|in\s+zukunft\s+)?bessern
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
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
_BY = (
    r"\b(?:by|until|before|bis(?:\s+zum)?|spätestens(?:\s+am)?)\s+(?:(?:the|next|nächsten)\s+){0,2}"
)
_NAMED = re.compile(_BY + rf"({'|'.join([*_AHEAD, *_WEEKDAYS])})\b", re.IGNORECASE)
_NUMBERED = re.compile(
    _BY + rf"(?:(\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?({'|'.join(_MONTHS)})"
    rf"|({'|'.join(_MONTHS)})\s+(\d{{1,2}}))\b",
    re.IGNORECASE,
)
# Enough of any answer; nobody's machine is kept busy by a book.
_READ = 5_000


def is_vague(words: str) -> bool:
    """Whether words promise to do better, which nobody can see kept."""
    return _VAGUE.search(words[:_READ].replace("’", "'")) is not None


def day_said(words: str, today: date) -> date | None:
    """The day by which words promise something: "by Friday", "bis morgen", "by 3 December"."""
    words = words[:_READ]
    named = _NAMED.search(words)
    if named:
        name = named[1].lower()
        if name in _AHEAD:
            return today + timedelta(days=_AHEAD[name])
        # Said on a Friday, "by Friday" is a week ahead.
        return today + timedelta(days=(_WEEKDAYS[name] - today.weekday() - 1) % 7 + 1)
    numbered = _NUMBERED.search(words)
    if numbered is None:
        return None
    day, month = int(numbered[1] or numbered[4]), _MONTHS[(numbered[2] or numbered[3]).lower()]
    return _next(day, month, today)


def _next(day: int, month: int, today: date) -> date | None:
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None
