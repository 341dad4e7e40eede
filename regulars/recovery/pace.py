"""The pace of the way back, and the day it implies: a stretch of days, or that nobody can tell."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]
LEAST_WEEKS, MOST_WEEKS = 4, 10
DAYS = 7
# 8 times in 10, as the band of the baseline.
Z_80 = 1.2816
# Farther ahead nobody believes a date.
FARTHEST_WEEKS = 78.0
LEAST_GAP = 0.02


@dataclass(frozen=True, slots=True)
class Pace:
    """What the weeks since we opened again say.

    `says` is "early", "there", "none" (no pace can be told) or "dated"; `to_on` is empty where it
    may last longer than anybody can say.
    """

    says: str
    weeks: int = 0
    from_on: date | None = None
    to_on: date | None = None


def pace_of(rows: Sequence[Row], reopened_on: date) -> Pace:
    """When the weeks will lie within their usual band again, if the gap goes on closing as it does.

    The share of the usual that is missing is taken to shrink by the same factor every week; a
    straight line through its logarithms says by which, and how far that may be wrong.
    """
    told = [row for row in rows if _is_whole(row, reopened_on)][-MOST_WEEKS:]
    if len(told) < LEAST_WEEKS:
        return Pace("early", len(told))
    if all(row["spend_minor"] >= row["spend_low_minor"] for row in told[-2:]):
        return Pace("there", len(told))
    logs = [math.log(_missing(row)) for row in told]
    middle, level, slope, doubt = _line(logs)
    if slope + Z_80 * doubt >= 0 and slope >= -doubt:
        return Pace("none", len(told))
    last = told[-1]
    goal = math.log(
        max(LEAST_GAP, 1 - last["spend_low_minor"] / max(1, last["spend_expected_minor"]))
    )
    soonest = _weeks_until(goal, middle, level, slope - Z_80 * doubt, len(told) - 1)
    latest = _weeks_until(goal, middle, level, slope + Z_80 * doubt, len(told) - 1)
    if soonest is None or soonest > FARTHEST_WEEKS:
        return Pace("none", len(told))
    return Pace("dated", len(told), _after(last, soonest), _after(last, latest))


def _is_whole(row: Row, reopened_on: date) -> bool:
    return (
        row["state"] == "since" and row["spend_expected_minor"] is not None
        and not row["closed_days"] and row["from_on"] >= reopened_on
    )  # fmt: skip


def _missing(row: Row) -> float:
    share = row["spend_minor"] / max(1, row["spend_expected_minor"])
    return float(max(LEAST_GAP, 1 - share))


def _line(logs: Sequence[float]) -> tuple[float, float, float, float]:
    """Least squares: the middle of the weeks, the level there, the slope and its standard error."""
    count = len(logs)
    middle, level = (count - 1) / 2, sum(logs) / count
    across = sum((place - middle) ** 2 for place in range(count))
    slope = sum((place - middle) * (log - level) for place, log in enumerate(logs)) / across
    strays = sum((log - level - slope * (place - middle)) ** 2 for place, log in enumerate(logs))
    return middle, level, slope, math.sqrt(strays / max(1, count - 2) / across)


def _weeks_until(goal: float, middle: float, level: float, slope: float, last: int) -> float | None:
    """Weeks after the last until the line reaches the goal; none where it never does."""
    if slope >= 0:
        return None
    return max(1.0, middle + (goal - level) / slope - last)


def _after(row: Row, weeks: float | None) -> date | None:
    if weeks is None or weeks > FARTHEST_WEEKS:
        return None
    to_on: date = row["to_on"]
    return to_on + timedelta(days=round(weeks * DAYS))
