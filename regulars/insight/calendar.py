"""Open days: the days that count for a rhythm. Days on which we were closed are ours."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import accumulate
from typing import Any


class OpenDays:
    """Counts open days between dates, given the stretches on which the business was closed."""

    def __init__(self, closed: Iterable[tuple[date, date]]) -> None:
        self._stretches = _merged(closed)
        self._starts = [starts for starts, _ in self._stretches]
        lengths = ((ends - starts).days + 1 for starts, ends in self._stretches)
        self._closed_before = [0, *accumulate(lengths)]

    def closed_through(self, day: date) -> int:
        """Days closed up to and including this one."""
        place = bisect_right(self._starts, day)
        if not place:
            return 0
        starts, ends = self._stretches[place - 1]
        return self._closed_before[place - 1] + (min(day, ends) - starts).days + 1

    def closed_between(self, earlier: date, later: date) -> int:
        """Days closed after the one and up to and including the other."""
        return self.closed_through(later) - self.closed_through(earlier)

    def open_between(self, earlier: date, later: date) -> int:
        return (later - earlier).days - self.closed_between(earlier, later)

    def table(self, first: date, open_days_after: int, *, after: date) -> dict[str, list[Any]]:
        """Every day from `first`, numbered by open days, until enough of them follow `after`."""
        days: list[object] = []
        ordinals: list[object] = []
        are_open: list[object] = []
        ordinal, wanted, day = 0, None, first
        while wanted is None or ordinal < wanted:
            is_open = self.closed_between(day - timedelta(days=1), day) == 0
            ordinal += is_open
            days.append(day)
            ordinals.append(ordinal)
            are_open.append(is_open)
            if day >= after and wanted is None:
                wanted = ordinal + open_days_after
            day += timedelta(days=1)
        return {"day": days, "ordinal": ordinals, "is_open": are_open}


def _merged(stretches: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    merged: list[tuple[date, date]] = []
    for starts, ends in sorted(stretches):
        if merged and starts <= merged[-1][1] + timedelta(days=1):
            merged[-1] = (merged[-1][0], max(ends, merged[-1][1]))
        else:
            merged.append((starts, ends))
    return merged
