"""How many minutes lie between two places, without asking anybody: no network, no map.

Coordinates are believed first. Without them a postcode says how far two places can be apart,
because nearly every country numbers its post from the large to the small: the more of it two
places share, the nearer they are. docs/distances.md has where each number comes from.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import asin, ceil, cos, radians, sin, sqrt
from typing import Final

from regulars.core.folding import folded

EARTH_KM: Final = 6371.0
# A road is longer than the crow flies: 1.2 in the United States, 1.3 in Germany, 1.4 in the United
# Kingdom (Ballou, Rahardja and Sakai, Transportation Research A 2002).
DETOUR: Final = 1.3
# To set off, to park, to find the door. Our own prior.
START_MINUTES: Final = 3.0
# Kilometres of road and how fast they go: streets, then roads, then what is left. Our own prior.
STRETCHES: Final = ((5.0, 25.0), (25.0, 50.0), (float("inf"), 80.0))
SAME_HOUSE_MINUTES: Final = 1
SAME_STREET_KM: Final = 0.3
# Two places in one town whose postcodes have little in common, as in a large one.
SAME_TOWN_KM: Final = 5.0
# Nothing tells how far it is: a customer of a shop is seldom further away.
UNKNOWN_KM: Final = 12.0
ABROAD_KM: Final = 300.0
# How far apart two places are whose codes share so many characters: half the side of the area that
# such codes have on average. Six digits are India's, five Germany's, four Austria's.
SHARED_KM: Final[Mapping[int, tuple[float, ...]]] = {
    6: (900.0, 300.0, 120.0, 38.0, 15.0, 8.0, 4.0),
    5: (310.0, 98.0, 32.0, 12.0, 5.7, 2.5),
    4: (150.0, 55.0, 18.0, 6.5, 2.5),
}
# Letters before digits (United Kingdom, Ireland, Canada): nothing, the area, the district, all.
LETTERED_KM: Final = (120.0, 23.0, 4.7, 0.2)
_LETTERED = re.compile(r"([A-Z]{1,2})([0-9][0-9A-Z]?)([0-9A-Z]{3,4})?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is, as far as it is written down."""

    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether anything tells where it is."""
        return bool(self.postcode or self.city or self.latitude is not None)

    @property
    def line(self) -> str:
        """The address in one line."""
        town = " ".join(part for part in (self.postcode, self.city) if part)
        return ", ".join(part for part in (self.street, town, self.country) if part)


def minutes_between(one: Place, other: Place) -> int:
    """How long the way takes by car or by a fast bicycle, in whole minutes; 1 within a house."""
    if _is_same_house(one, other):
        return SAME_HOUSE_MINUTES
    return _minutes_for(kilometres_between(one, other))


def minutes_from(start: Place, places: Mapping[int, Place]) -> dict[int, int]:
    """How long the way takes from one place to each of many."""
    return {key: minutes_between(start, place) for key, place in places.items()}


def kilometres_between(one: Place, other: Place) -> float:
    """How far apart two places are as the crow flies, as well as what is written down tells."""
    if one.latitude is not None and other.latitude is not None:
        return _great_circle(one, other)
    road = _road(one.street)
    if road and road == _road(other.street) and _share_town(one, other):
        return SAME_STREET_KM
    if one.country and other.country and _folded(one.country) != _folded(other.country):
        return ABROAD_KM
    by_code = _kilometres_by_code(_code(one.postcode), _code(other.postcode))
    if _share_town(one, other):
        return SAME_TOWN_KM if by_code is None else min(by_code, SAME_TOWN_KM)
    return UNKNOWN_KM if by_code is None else by_code


@lru_cache(maxsize=65_536)
def _kilometres_by_code(one: str, other: str) -> float | None:
    if not one or not other:
        return None
    first, second = _LETTERED.fullmatch(one), _LETTERED.fullmatch(other)
    if first and second:
        return LETTERED_KM[_shared(first.groups(), second.groups())]
    if first or second:
        return None
    digits, others = _digits(one), _digits(other)
    steps = SHARED_KM.get(len(digits))
    if steps is None or len(digits) != len(others):
        return None
    return steps[_shared(digits, others)]


def _digits(code: str) -> str:
    """The numbers of a code: the letters behind them, as the Dutch have, are finer than we look."""
    found = re.match(r"[0-9]+", code)
    return found.group() if found else ""


def _shared(one: "str | tuple[str | None, ...]", other: "str | tuple[str | None, ...]") -> int:
    """How many characters or parts two codes have in common from the left."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine is None or mine != theirs:
            break
        count += 1
    return count


@lru_cache(maxsize=65_536)
def _code(postcode: str) -> str:
    """A postcode as it is compared: no blanks, no country before it, no route behind it."""
    code = re.sub(r"^[A-Z]{1,3}-(?=[0-9])", "", postcode.strip().upper())
    # The American four digits behind the dash tell the side of a street.
    return re.sub(r"\s", "", re.sub(r"(?<=^[0-9]{5})-[0-9]{4}$", "", code))


def _is_same_house(one: Place, other: Place) -> bool:
    has_number = bool(re.search(r"[0-9]", one.street))
    is_same = has_number and _folded(one.street) == _folded(other.street)
    return is_same and _share_town(one, other)


# Many live in the same streets and towns.
@lru_cache(maxsize=65_536)
def _folded(text: str) -> str:
    return folded(text) or ""


@lru_cache(maxsize=65_536)
def _road(street: str) -> str:
    """A street without the numbers of its houses."""
    words = re.split(r"[\s,]+", _folded(street))
    return " ".join(word for word in words if word and not word[0].isdigit())


def _share_town(one: Place, other: Place) -> bool:
    if one.city and other.city:
        return _folded(one.city) == _folded(other.city)
    return bool(one.postcode) and _code(one.postcode) == _code(other.postcode)


def _great_circle(one: Place, other: Place) -> float:
    north, east = radians(one.latitude or 0), radians(one.longitude or 0)
    to_north, to_east = radians(other.latitude or 0), radians(other.longitude or 0)
    half = sin((to_north - north) / 2) ** 2
    half += cos(north) * cos(to_north) * sin((to_east - east) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def _minutes_for(kilometres: float) -> int:
    left, minutes = kilometres * DETOUR, START_MINUTES
    for length, speed in STRETCHES:
        part = min(left, length)
        minutes += part / speed * 60
        left -= part
    return ceil(minutes)
