"""What a pasted review says of itself: where, who, when, which mark, which words.

It is a guess, shown in a form for somebody to put right; it writes nothing. Several ways of writing
are known, and no site is asked.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

# Enough of any review; nobody's machine is kept busy by a book.
READ = 10_000
_LINK = re.compile(r"https?://[^\s<>\"']{4,480}")
_STARS = re.compile(r"[★⭐✭✩☆✮]{3,10}(?!\w)")
_FULL = "★⭐✭✮"
_OF = re.compile(
    r"\b(\d{1,2})(?:[.,]0)?\s*(?:/|out\s+of|of|von|sur|de|su|van)\s*(5|10)\b", re.IGNORECASE
)
_COUNTED = re.compile(
    r"\b([1-5])(?:[.,]0)?[-\s]*(?:stars?|sterne?n?|étoiles?|estrellas?|stelle?|ster(?:ren)?)\b",
    re.IGNORECASE,
)
_MONTHS = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
_GERMAN = {"mär": 3, "mai": 5, "okt": 10, "dez": 12}
_NAMED = "|".join((*_MONTHS, *_GERMAN))
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})\.?\s+({_NAMED})[a-zä]*\.?,?\s+(20\d\d)\b", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"\b({_NAMED})[a-zä]*\.?\s+(\d{{1,2}}),?\s+(20\d\d)\b", re.IGNORECASE)
_AGO = re.compile(
    r"\b(an?|\d{1,2})\s+(day|week|month|year)s?\s+ago\b"
    r"|\bvor\s+(einem?r?|\d{1,2})\s+(tag|woche|monat|jahr)(?:en?|n)?\b",
    re.IGNORECASE,
)
_LENGTH = {"day": 1, "week": 7, "month": 30, "year": 365, "tag": 1, "woche": 7, "monat": 30,
           "jahr": 365}  # fmt: skip
_NEAR = {"today": 0, "heute": 0, "yesterday": 1, "gestern": 1}
# Lines that sites put around a review.
_AROUND = re.compile(
    r"^(?:local guide\b.*|\d+\s+(?:reviews?|rezensionen|bewertungen|photos?|fotos?)\b.*"
    r"|(?:verified|verifiziert\w*)\b.{0,40}|(?:like|share|helpful|report|edited|bearbeitet)\W*)$",
    re.IGNORECASE,
)
_SITES = {
    "google": "Google", "yelp": "Yelp", "tripadvisor": "Tripadvisor", "trustpilot": "Trustpilot",
    "facebook": "Facebook", "instagram": "Instagram", "booking": "Booking.com", "reddit": "Reddit",
    "twitter": "X", "x": "X", "etsy": "Etsy", "nextdoor": "Nextdoor",
}  # fmt: skip
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Pasted:
    """What a text seems to say; whatever it does not say is empty."""

    site: str = ""
    author: str = ""
    link: str = ""
    mark: int | None = None
    scale: int = 5
    said_on: date | None = None
    words: str = ""


def read_pasted(text: str, today: date) -> Pasted:
    """Guess what somebody has pasted from a page of reviews."""
    text = text[:READ].replace("\r\n", "\n")
    found = _LINK.search(text)
    link = found[0].rstrip(".,;)") if found else ""
    mark, scale = _mark_of(text)
    lines = [line.strip() for line in _LINK.sub(" ", text).split("\n")]
    told = [line for line in lines if not _is_around(line, today)]
    author = ""
    if len([line for line in told if line]) > 1:
        author, told = _author_of(told)
    words = re.sub(r"\n{3,}", "\n\n", "\n".join(told)).strip()
    return Pasted(
        site_of(link), author, link, mark, scale,
        _day_of(" \n".join(lines), today), words,
    )  # fmt: skip


def site_of(link: str) -> str:
    """What people call the site of a link; its host, where nobody calls it anything."""
    try:
        host = (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    for part in host.split("."):
        if part in _SITES:
            return _SITES[part]
    return host[:60]


def _mark_of(text: str) -> tuple[int | None, int]:
    drawn = _STARS.search(text)
    if drawn:
        full = sum(sign in _FULL for sign in drawn[0])
        # A row of full stars alone is so many of five.
        return (full if 1 <= full <= 5 else None), 5
    said = _OF.search(text)
    if said:
        mark, scale = int(said[1]), int(said[2])
        return (mark if (1 if scale == 5 else 0) <= mark <= scale else None), scale
    counted = _COUNTED.search(text)
    return (int(counted[1]) if counted else None), 5


def _is_around(line: str, today: date) -> bool:
    """Whether a line holds a mark, a day or the site's own words, and nothing that was said."""
    if not line:
        return False
    if _AROUND.match(line):
        return True
    bare = _COUNTED.sub("", _OF.sub("", _STARS.sub("", line)))
    for pattern in (_ISO, _DAY_FIRST, _MONTH_FIRST, _AGO):
        bare = pattern.sub("", bare)
    if bare == line and line.casefold().strip(" .,") not in _NEAR:
        return False
    letters = re.sub(r"(?i)\b(?:rated|rating|bewertung|posted|on|am|visited|reviewed)\b", "", bare)
    return not re.search(r"\w", letters) or line.casefold().strip(" .,") in _NEAR


def _author_of(lines: list[str]) -> tuple[str, list[str]]:
    """The first line, where it looks like a name: short, and no sentence."""
    first = next(at for at, line in enumerate(lines) if line)
    line = lines[first]
    is_initial = re.search(r"\b\w\.$", line) is not None
    ends_well = is_initial or line[-1] not in ".!?,;:"
    looks = len(line) <= LONGEST_NAME and len(line.split()) <= 5 and ends_well
    return (line, [*lines[:first], *lines[first + 1 :]]) if looks else ("", lines)


def _day_of(text: str, today: date) -> date | None:
    found = _ISO.search(text)
    if found:
        return _day(int(found[1]), int(found[2]), int(found[3]), today)
    found = _DAY_FIRST.search(text)
    if found:
        return _day(int(found[3]), _month(found[2]), int(found[1]), today)
    found = _MONTH_FIRST.search(text)
    if found:
        return _day(int(found[3]), _month(found[1]), int(found[2]), today)
    found = _AGO.search(text)
    if found:
        number, unit = found[1] or found[3], (found[2] or found[4]).casefold()
        return today - timedelta(days=(int(number) if number.isdigit() else 1) * _LENGTH[unit])
    for line in text.split("\n"):
        back = _NEAR.get(line.casefold().strip(" .,"))
        if back is not None:
            return today - timedelta(days=back)
    return None


def _month(name: str) -> int:
    short = name.casefold()[:3]
    return _GERMAN.get(short) or _MONTHS.index(short) + 1


def _day(year: int, month: int, day: int, today: date) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found <= today else None
