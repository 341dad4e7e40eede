"""What some weeks to come bring together, by smoothing; how sure, by what the same way has missed.

Levels and damped trends on the logarithm of each week (Gardner and McKenzie 1985), and the same
weeks a year ago at the level of now; of these the one counts that missed least so far. The band is
made of its own misses at every earlier week (split conformal prediction: Vovk, Gammerman and Shafer
2005), so that no law of chance is supposed. docs/foretelling.md says how often it holds.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# How fast the level follows, and how fast the trend does; nought for none.
WAYS = ((0.1, 0.0), (0.2, 0.0), (0.4, 0.0), (0.7, 0.0), (0.2, 0.1), (0.4, 0.1), (0.4, 0.3))
DAMPED = 0.9
YEAR, SPAN = 52, 8
# Before so many weeks nothing is judged; with fewer misses nothing is said of how sure it is.
WARM, LEAST_MISSES = 6, 4
# With fewer weeks told from a year ago, that way cannot be judged beside the others.
LEAST_YEARLY = 26
# A miss counts half as much as one so many weeks later.
HALF_LIFE = 104.0
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the weeks ahead bring in all: 8 times in 10 between low and high."""

    low: float
    middle: float
    high: float


def ahead(values: Floats, shares: Floats, *, floor: float) -> Ahead | None:
    """All the weeks to come together; None where too few came before to know how sure that is.

    `shares` says how much of a usual week each of them is; `floor` is the least that a week can be
    told by (half a basket).
    """
    weeks = len(shares)
    past = len(values) - weeks - WARM + 1
    if past < LEAST_MISSES:
        return None
    some = floor * float(shares.sum())
    came = np.array([values[WARM + at : WARM + at + weeks] @ shares for at in range(past)])
    truth = np.log(np.maximum(came, 0.0) + some)
    told = _ways(values, shares, floor, some)
    misses = [truth - np.log(one[:past] + some) for one in told]
    weights = 0.5 ** (np.arange(past)[::-1] / HALF_LIFE)
    best = _least_missed(misses, weights)
    seen = np.isfinite(misses[best])
    middle = float(told[best][-1])
    edges = _edges(misses[best][seen], weights[seen], weeks)
    low, mid, high = (max(0.0, (middle + some) * float(np.exp(one)) - some) for one in edges)
    return Ahead(low, mid, high)


def _ways(values: Floats, shares: Floats, floor: float, some: float) -> list[Floats]:
    """What each way says at each week from the first that is judged on; the last is today's."""
    logs = np.log(np.maximum(values, 0.0) + floor)
    told = [
        np.maximum(np.exp(_smoothed(logs, len(shares), *way)) - floor, 0.0) @ shares for way in WAYS
    ]
    if len(values) >= YEAR + SPAN + WARM:
        told.append(_year_ago(np.maximum(values, 0.0), shares, some))
    return told


def _smoothed(logs: Floats, weeks: int, follow: float, turn: float) -> Floats:
    level, trend = float(logs[:3].mean()), 0.0
    steps = DAMPED * (1 - DAMPED ** np.arange(1, weeks + 1)) / (1 - DAMPED)
    rows: list[Any] = []
    for place, seen in enumerate(logs, 1):
        before = level
        level = follow * float(seen) + (1 - follow) * (level + DAMPED * trend)
        if turn:
            trend = turn * (level - before) + (1 - turn) * DAMPED * trend
        if place >= WARM:
            rows.append(level + steps * trend)
    return np.array(rows)


def _year_ago(values: Floats, shares: Floats, some: float) -> Floats:
    """The same weeks of the year before, times how the last weeks stand beside theirs."""
    rows = []
    for place in range(WARM, len(values) + 1):
        first = place - YEAR
        if first < SPAN or first + len(shares) > len(values):
            rows.append(np.nan)
            continue
        before, now = values[first - SPAN : first].sum(), values[place - SPAN : place].sum()
        then = float(values[first : first + len(shares)] @ shares)
        rows.append(max(0.0, (then + some) * (now + some) / (before + some) - some))
    return np.array(rows)


def _least_missed(misses: list[Floats], weights: Floats) -> int:
    """Which way was nearest on the average, where all of them said something."""
    known = np.all([np.isfinite(one) for one in misses], axis=0)
    if len(misses) > len(WAYS) and known.sum() < LEAST_YEARLY:
        return _least_missed(misses[: len(WAYS)], weights)
    means = [float(np.abs(one[known]) @ weights[known]) for one in misses]
    return means.index(min(means))


def _edges(misses: Floats, weights: Floats, weeks: int) -> tuple[float, float, float]:
    """The tenth, the middle and the ninetieth in a hundred of the misses, wider for few.

    Sums that share weeks miss alike: of n in a row, each over w weeks, n / w are of their own. With
    so few, the outer ones are put apart as Student's t puts them for one more to come.
    """
    # What scipy.stats asks for both; it takes two seconds to import, and these a tenth of one.
    from scipy.special import ndtri, stdtrit

    order = np.argsort(misses)
    mass = weights[order] / weights.sum()
    places = np.cumsum(mass) - mass / 2
    low, mid, high = (float(np.interp(at, places, misses[order])) for at in (LOW, 0.5, HIGH))
    own = max(2.0, float(1 / (mass @ mass)) / weeks)
    wider = float(stdtrit(own - 1, HIGH)) * (1 + 1 / own) ** 0.5 / float(ndtri(HIGH))
    return mid + (low - mid) * wider, mid, mid + (high - mid) * wider
