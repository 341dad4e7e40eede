"""What is still to come until a day, told from what each day brought, with a band of 8 in 10.

docs/foretelling.md says how, and how often it is right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from regulars.insight.baseline import Stretch
from regulars.insight.calendar import OpenDays

DAYS = 7
MOST_WEEKS, MOST_AHEAD = 208, 53
LEAST_WEEKS, LEAST_ORDERS = 10, 3
# A week open for less is left out.
LEAST_SHARE = 0.5
# The weekdays are told from so many days.
RECENT_DAYS = 182


@dataclass(frozen=True, slots=True)
class Foretold:
    """What comes, in minor units: 8 times in 10 between `low` and `high`."""

    low_minor: int
    middle_minor: int
    high_minor: int


def foretold(
    days: Mapping[date, tuple[int, int]], *, known_until: date, until: date, open_days: OpenDays,
    stretches: Iterable[Stretch] = (),
) -> Foretold | None:  # fmt: skip
    """Money that comes after a day, up to and including another; None where too little is known.

    `days` hold money and orders. Weeks of a disturbance are left out, days closed made up for.
    """
    if until <= known_until:
        return Foretold(0, 0, 0)
    weekdays = _weekdays(days, known_until, open_days)
    past = _weeks(days, known_until, weekdays, open_days, list(stretches))
    if len(past) < LEAST_WEEKS or median(orders for _minor, orders in past) < LEAST_ORDERS:
        return None
    return _told(past, _shares(known_until, until, weekdays, open_days))


def _told(past: list[tuple[float, float]], shares: list[float]) -> Foretold | None:
    import numpy as np

    from regulars.insight.fitting.smoothing import ahead

    if not any(shares):
        return Foretold(0, 0, 0)
    values = np.array([minor for minor, _orders in past])
    orders = median(count for _minor, count in past)
    floor = max(1.0, median(minor for minor, _orders in past) / orders / 2)
    found = ahead(values, np.array(shares), floor=floor)
    if found is None:
        return None
    return Foretold(round(found.low), round(found.middle), round(found.high))


def _weekdays(
    days: Mapping[date, tuple[int, int]], until: date, open_days: OpenDays
) -> list[float]:
    """How much of a week each weekday brings when it is open."""
    sums, counts = [0.0] * DAYS, [0] * DAYS
    for back in range(RECENT_DAYS):
        day = until - timedelta(days=back)
        if open_days.open_between(day - timedelta(days=1), day):
            sums[day.weekday()] += max(0, days.get(day, (0, 0))[0])
            counts[day.weekday()] += 1
    means = [total / count if count else 0.0 for total, count in zip(sums, counts, strict=True)]
    whole = sum(means)
    return [one / whole for one in means] if whole else [1 / DAYS] * DAYS


def _open_share(day: date, weekdays: list[float], open_days: OpenDays) -> float:
    is_open = open_days.open_between(day - timedelta(days=1), day)
    return weekdays[day.weekday()] if is_open else 0.0


def _weeks(
    days: Mapping[date, tuple[int, int]], until: date, weekdays: list[float], open_days: OpenDays,
    stretches: list[Stretch],
) -> list[tuple[float, float]]:  # fmt: skip
    """Whole weeks, each as if it had been open throughout: money and orders, the earliest first."""
    if not days:
        return []
    count = min(MOST_WEEKS, ((until - min(days)).days + 1) // DAYS)
    found = []
    for back in range(count - 1, -1, -1):
        last = until - timedelta(days=DAYS * back)
        week = [last - timedelta(days=place) for place in range(DAYS)]
        share = sum(_open_share(day, weekdays, open_days) for day in week)
        if share < LEAST_SHARE or any(_is_within(day, stretches) for day in week):
            continue
        sums = [days.get(day, (0, 0)) for day in week]
        minor, orders = sum(one[0] for one in sums), sum(one[1] for one in sums)
        found.append((max(0, minor) / share, orders / share))
    return found


def _is_within(day: date, stretches: list[Stretch]) -> bool:
    return any(one.from_on <= day and (one.to_on is None or day <= one.to_on) for one in stretches)


def _shares(
    known_until: date, until: date, weekdays: list[float], open_days: OpenDays
) -> list[float]:
    """How much of a usual week each week ahead is, the last of them perhaps cut."""
    shares: list[float] = []
    for place in range((until - known_until).days):
        if place % DAYS == 0:
            shares.append(0.0)
        day = known_until + timedelta(days=place + 1)
        shares[-1] += _open_share(day, weekdays, open_days)
    return shares[:MOST_AHEAD]
