"""The seasons of a business: how much of its trade a day of each month carries.

A garden shop's customers are not gone in January. Where the books hold two years, silence and gaps
are counted in days of business: a day of a strong month counts for more than one. docs/rhythm.md.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import Any

from regulars.insight.calendar import OpenDays

LEAST_DAYS = 730
MONTHS = 12
LEAST_WEIGHT, MOST_WEIGHT = 0.05, 5.0
# Months of which the books hold fewer days say little and wobble much.
LEAST_DAYS_OF_A_MONTH = 10

Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Season:
    """What a day of each month counts for; ones where nothing is known of a season."""

    weights: tuple[float, ...] = (1.0,) * MONTHS

    @property
    def is_plain(self) -> bool:
        return all(weight == 1 for weight in self.weights)

    def of(self, day: date) -> float:
        return self.weights[day.month - 1]


PLAIN = Season()


def season_of(
    purchases: Mapping[Month, int], begin_on: date, end_on: date, open_days: OpenDays
) -> Season:
    """The season in the numbers of purchases of each month, shrunk to none when in doubt.

    Logs of purchases an open day are laid out as a straight trend and an effect of each month of
    the year (least squares); the effects are shrunk by what chance and odd years explain of them.
    A month counts once it is over.
    """
    if (end_on - begin_on).days < LEAST_DAYS:
        return PLAIN
    spans = list(_spans(begin_on, end_on, open_days))
    logs = [math.log((purchases.get(month, 0) + 0.5) / days) for month, days in spans]
    months = [month[1] - 1 for month, _days in spans]
    slope = _trend(logs, months)
    flat = [log - slope * place for place, log in enumerate(logs)]
    of_months = [[log for log, of in zip(flat, months, strict=True) if of == m] for m in range(12)]
    if not all(of_months):
        return PLAIN
    return Season(_weights(of_months))


def _spans(begin_on: date, end_on: date, open_days: OpenDays) -> Iterable[tuple[Month, int]]:
    """Each month of the books that is over, with the open days of it that they hold."""
    first = begin_on.replace(day=1)
    while True:
        following = (first + timedelta(days=32)).replace(day=1)
        last = following - timedelta(days=1)
        if last > end_on:
            return
        days = open_days.open_between(max(first, begin_on) - timedelta(days=1), last)
        if days >= LEAST_DAYS_OF_A_MONTH:
            yield (first.year, first.month), days
        first = following


def _trend(logs: Sequence[float], months: Sequence[int]) -> float:
    """The slope a month, from what one month differs from itself in other years."""
    across = along = 0.0
    for month in range(MONTHS):
        at = [place for place, of in enumerate(months) if of == month]
        if len(at) < 2:
            continue
        middle, level = fmean(at), fmean(logs[place] for place in at)
        across += sum((place - middle) * (logs[place] - level) for place in at)
        along += sum((place - middle) ** 2 for place in at)
    return across / along if along else 0.0


def _weights(of_months: Sequence[Sequence[float]]) -> tuple[float, ...]:
    means = [fmean(logs) for logs in of_months]
    squares = sum(
        sum((log - mean) ** 2 for log in logs) for logs, mean in zip(of_months, means, strict=True)
    )
    freedom = sum(map(len, of_months)) - MONTHS - 1
    chance = squares / max(1, freedom)
    level = fmean(means)
    noise = [chance / len(logs) for logs in of_months]
    between = sum((mean - level) ** 2 for mean in means) / (MONTHS - 1) - fmean(noise)
    if between <= 0:
        return PLAIN.weights
    effects = [
        math.exp((mean - level) * between / (between + doubt))
        for mean, doubt in zip(means, noise, strict=True)
    ]
    scale = fmean(effects)
    return tuple(
        round(min(MOST_WEIGHT, max(LEAST_WEIGHT, effect / scale)), 2) for effect in effects
    )


class TradingDays:
    """Days of business between dates: open days, each counting for what its month carries."""

    def __init__(self, open_days: OpenDays, season: Season = PLAIN) -> None:
        self._open_days, self._season = open_days, season

    def between(self, earlier: date, later: date) -> float:
        """After the one and up to and including the other."""
        if self._season.is_plain:
            return float(self._open_days.open_between(earlier, later))
        total, since = 0.0, earlier
        while since < later:
            until = min(later, _end_of_month(since + timedelta(days=1)))
            total += self._season.of(until) * self._open_days.open_between(since, until)
            since = until
        return total

    def table(self, first: date, last: date) -> dict[str, list[Any]]:
        """Every day, with the days of business up to and including it since the first."""
        days: list[date] = []
        passed: list[float] = []
        total, day, before = 0.0, first, first - timedelta(days=1)
        while day <= last:
            total += self._season.of(day) * self._open_days.open_between(before, day)
            days.append(day)
            passed.append(round(total, 2))
            before, day = day, day + timedelta(days=1)
        return {"day": days, "passed": passed}


def _end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
