"""The clocks of where customers live: where it is quiet now and until when (RELIABILITY C7), and
when a clock on the wall shows an hour.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_NAME = re.compile(r"[A-Za-z0-9_+\-/]+")


def quiet_until(at: datetime, zone: ZoneInfo, begins: time, ends: time) -> datetime | None:
    """When the quiet hours end in which a moment lies, by a clock on the wall; None outside them.

    Hours that begin and end together are none. An end that the clocks leap over comes as much after
    the leap as it would have come without it; of an end that they show twice, the next one counts.
    """
    local = at.astimezone(zone)
    if not _is_quiet(local.time(), begins, ends):
        return None
    day = local.date() if local.time() < ends else local.date() + timedelta(days=1)
    end = datetime.combine(day, ends, zone)
    first = end.astimezone(UTC)
    return first if first > at else end.replace(fold=1).astimezone(UTC)


def by_the_clock(day: date, hour: time, zone: ZoneInfo, floor: datetime) -> datetime:
    """When the clock of a place first shows an hour, on a day or after it, from a moment on.

    An hour that the clocks leap over comes as much after the leap as it would have come without it.
    """
    day = max(day, floor.astimezone(zone).date())
    moment = datetime.combine(day, hour, zone).astimezone(UTC)
    if moment >= floor:
        return moment
    return datetime.combine(day + timedelta(days=1), hour, zone).astimezone(UTC)


def _is_quiet(now: time, begins: time, ends: time) -> bool:
    if begins <= ends:
        return begins <= now < ends
    return now >= begins or now < ends


def quiet_zones(at: datetime, begins: time, ends: time) -> Mapping[str, datetime]:
    """Every zone in which it is quiet at a moment, and until when."""
    return _quiet_zones(at.replace(second=0, microsecond=0), begins, ends)


@lru_cache(maxsize=8)
def _quiet_zones(minute: datetime, begins: time, ends: time) -> Mapping[str, datetime]:
    found = ((name, quiet_until(minute, zone, begins, ends)) for name, zone in _zones())
    return {name: until for name, until in found if until}


@lru_cache(maxsize=1)
def _zones() -> Sequence[tuple[str, ZoneInfo]]:
    names = sorted(name for name in available_timezones() if _NAME.fullmatch(name))
    return [(name, ZoneInfo(name)) for name in names if name != "localtime"]
