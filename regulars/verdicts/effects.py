"""The effect on everybody whom the lot meant to get it, with an interval that holds for few.

Numpy alone, no database. How it is derived, and what was measured: docs/verdicts.md.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import inf, sqrt
from typing import Any

import numpy as np

# Redraws of the lot; an alarm at one in a thousand still rests on five of them.
REDRAWS = 4_999
# Beyond, the mean of those left out is normal enough, and redrawing would take long.
MOST_REDRAWN, MOST_LEFT_OUT = 20_000, 2_000
# At so many that bought, or did not, on either side, a rate is judged without its own interval.
SPARSE = 5
_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True)
class Sides:
    """What was measured of each customer: the outcome, who was left out, and what was known before.

    `before` holds a column each of what was known before the lot fell; it takes out of the outcome
    what it foretells (CUPED: Deng and others 2013; Rosenbaum 2002).
    """

    outcome: Any
    is_left_out: Any
    stratum: Any
    before: Any


@dataclass(frozen=True, slots=True)
class Effect:
    """More (or less) of each customer, and the bounds between which it lies; None: nobody knows.

    `variance` is that of the difference as chance alone would have it, the same for whichever way
    the lot falls: pooling rests on it.
    """

    got_count: int
    left_count: int
    got_mean: float
    left_mean: float
    difference: float
    low: float | None
    high: float | None
    variance: float

    @property
    def is_more(self) -> bool:
        return self.low is not None and self.low > 0

    @property
    def is_less(self) -> bool:
        return self.high is not None and self.high < 0


def effect_of(
    sides: Sides, *, alpha: float, seed: int, is_rate: bool, redraws: int = REDRAWS
) -> Effect | None:
    """How much more there was of those who got it; None where a side has fewer than two."""
    left = sides.is_left_out.astype(bool)
    counts = int((~left).sum()), int(left.sum())
    if min(counts) < 2:
        return None
    fit = _Fit.of(sides)
    means = float(sides.outcome[~left].mean()), float(sides.outcome[left].mean())
    low, high = _bounds(fit, alpha, seed, redraws)
    if is_rate:
        low, high = _held_apart(sides.outcome, left, alpha, low, high)
    return Effect(*counts, *means, fit.difference, _known(low), _known(high), fit.variance)


def _known(bound: float) -> float | None:
    return None if abs(bound) == inf else float(bound)


@dataclass(frozen=True)
class _Fit:
    """Outcome and lot with what strata and the past foretell taken out of both.

    What is left of the outcome does not depend on how the lot fell, so that redrawing the lot
    gives its distribution exactly where nothing had any effect.
    """

    outcome: Any
    lot: Any
    left: Any
    stratum: Any

    @classmethod
    def of(cls, sides: Sides) -> "_Fit":
        left = sides.is_left_out.astype(bool)
        known = _design(sides)
        both = np.column_stack([sides.outcome.astype(float), (~left).astype(float)])
        rest = both - known @ np.linalg.lstsq(known, both, rcond=None)[0]
        return cls(rest[:, 0], rest[:, 1], left, sides.stratum)

    @property
    def difference(self) -> float:
        squares = float(self.lot @ self.lot)
        return float(self.lot @ self.outcome) / squares if squares > 1e-9 else 0.0

    @cached_property
    def counts(self) -> tuple[int, int]:
        return int((~self.left).sum()), int(self.left.sum())

    @property
    def variance(self) -> float:
        got, left = self.counts
        freedom = max(1, len(self.outcome) - 1 - len(np.unique(self.stratum)))
        return float(self.outcome @ self.outcome) / freedom * (1 / got + 1 / left)

    @cached_property
    def columns(self) -> Any:
        """What a side's mean and spread are added up from, for whatever effect is supposed."""
        y, t = self.outcome, self.lot
        return np.column_stack([y, t, y * y, y * t, t * t])

    def ratios(self, sums: Any, effect: float) -> Any:
        """Differences by their own errors, had the effect been so; `sums` are of those left out."""
        got, left = self.counts
        all_of_it = self.columns.sum(axis=0)
        first, second = self._moments(sums, effect)
        all_first, all_second = self._moments(all_of_it, effect)
        mean_left, mean_got = first / left, (all_first - first) / got
        spread_left = np.maximum(second / left - mean_left**2, 0) / max(1, left - 1)
        spread_got = np.maximum((all_second - second) / got - mean_got**2, 0) / max(1, got - 1)
        error = np.sqrt(spread_left + spread_got)
        gap = mean_got - mean_left
        # Alike to the last digit on both sides: no difference is none, any other is beyond doubt.
        scale = np.sqrt(np.maximum(all_second, 0) / (got + left)) + 1e-300
        return np.where(np.abs(gap) < 1e-9 * scale, 0.0, gap / np.maximum(error, 1e-9 * scale))

    def _moments(self, sums: Any, effect: float) -> tuple[Any, Any]:
        y, t, yy, yt, tt = np.moveaxis(np.asarray(sums), -1, 0)
        return y - effect * t, yy - 2 * effect * yt + effect**2 * tt


def _design(sides: Sides) -> Any:
    """Strata, and what was known before; fewer columns of that than a sixth of the smaller side."""
    _names, place = np.unique(sides.stratum, return_inverse=True)
    strata = np.eye(place.max() + 1)[place]
    before = np.asarray(sides.before, dtype=float).reshape(len(sides.outcome), -1)
    fewer = int(min(sides.is_left_out.sum(), (~sides.is_left_out.astype(bool)).sum()))
    before = before[:, : max(1, fewer // 6)]
    spread = before.std(axis=0)
    before = (before - before.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    return np.column_stack([strata, before])


def _bounds(fit: _Fit, alpha: float, seed: int, redraws: int) -> tuple[float, float]:
    if not float(fit.outcome @ fit.outcome) > 1e-12 or float(fit.lot @ fit.lot) < 1e-9:
        return -inf, inf
    if len(fit.outcome) > MOST_REDRAWN or fit.counts[1] > MOST_LEFT_OUT:
        return _normal_bounds(fit, alpha)
    sums = _redrawn(fit, np.random.default_rng(seed), redraws)
    mine = fit.columns[fit.left].sum(axis=0)

    def is_possible(effect: float) -> bool:
        seen = abs(float(fit.ratios(mine, effect)))
        as_far = int((np.abs(fit.ratios(sums, effect)) >= seen - 1e-9).sum())
        return (1 + as_far) / (1 + redraws) > alpha

    step = max(sqrt(fit.variance), 1e-9 * (1 + abs(fit.difference)))
    low = _edge(is_possible, fit.difference, -step)
    high = _edge(is_possible, fit.difference, step)
    # Beyond an edge an effect may be possible once more; of none at all the lot judges exactly.
    return (min(low, 0.0), max(high, 0.0)) if is_possible(0.0) else (low, high)


def _redrawn(fit: _Fit, chance: np.random.Generator, redraws: int) -> Any:
    """The sums of those left out, had the lot fallen otherwise: as many of each stratum."""
    sums = np.zeros((redraws, fit.columns.shape[1]))
    for stratum in np.unique(fit.stratum):
        columns = fit.columns[fit.stratum == stratum]
        left = int(fit.left[fit.stratum == stratum].sum())
        if 0 < left < len(columns):
            _add_redrawn(sums, columns, left, chance)
        elif left:
            sums += columns.sum(axis=0)
    return sums


def _add_redrawn(sums: Any, columns: Any, left: int, chance: np.random.Generator) -> None:
    at_once = max(1, _AT_ONCE // len(columns))
    for begin in range(0, len(sums), at_once):
        rows = min(at_once, len(sums) - begin)
        drawn = chance.random((rows, len(columns)), dtype=np.float32)
        which = np.argpartition(drawn, left - 1, axis=1)[:, :left]
        sums[begin : begin + rows] += columns[which].sum(axis=1)


def _edge(is_possible: Callable[[float], bool], middle: float, step: float) -> float:
    """Where effects stop being possible, on one side of the one that was seen."""
    inside, outside = middle, middle + 2 * step
    while is_possible(outside):
        inside, outside = outside, middle + 2 * (outside - middle)
        if abs(outside - middle) > 1e4 * abs(step):
            return inf if step > 0 else -inf
    for _halving in range(24):
        half = (inside + outside) / 2
        inside, outside = (half, outside) if is_possible(half) else (inside, half)
    return outside


def _normal_bounds(fit: _Fit, alpha: float) -> tuple[float, float]:
    """Neyman's error of what is left, each side with its own spread, and Welch's freedom."""
    from scipy.special import stdtrit

    rest = fit.outcome - fit.difference * fit.lot
    got, left = fit.counts
    parts = rest[~fit.left].var(ddof=1) / got, rest[fit.left].var(ddof=1) / left
    # Where strata differ in who was left out, the lot says a little less than its counts.
    thinned = float(fit.lot @ fit.lot) * (1 / got + 1 / left)
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (got - 1) + parts[1] ** 2 / (left - 1))
    reach = float(stdtrit(freedom, 1 - alpha / 2)) * sqrt(sum(parts)) / thinned
    return fit.difference - reach, fit.difference + reach


def _held_apart(
    bought: Any, left: Any, alpha: float, low: float, high: float
) -> tuple[float, float]:
    """Where next to nobody or nearly everybody bought, a rate's own interval bounds it too."""
    sides = [(float(bought[side].sum()), int(side.sum())) for side in (~left, left)]
    if min(min(yes, count - yes) for yes, count in sides) >= SPARSE:
        return low, high
    lowest, highest = newcombe(*sides[0], *sides[1], alpha)
    bounded = low == -inf and high == inf
    return (lowest, highest) if bounded else (min(low, lowest), max(high, highest))


def wilson(yes: float, count: int, alpha: float) -> tuple[float, float]:
    """Bounds of a share (Wilson 1927)."""
    from scipy.special import ndtri

    z = float(ndtri(1 - alpha / 2))
    share, weight = yes / count, z * z / count
    middle = (share + weight / 2) / (1 + weight)
    reach = z * sqrt(share * (1 - share) / count + weight / (4 * count)) / (1 + weight)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def newcombe(
    yes: float, count: int, other_yes: float, other_count: int, alpha: float
) -> tuple[float, float]:
    """Bounds of the difference of two shares (Newcombe 1998, his method 10)."""
    share, other = yes / count, other_yes / other_count
    low, high = wilson(yes, count, alpha)
    other_low, other_high = wilson(other_yes, other_count, alpha)
    gap = share - other
    return (
        gap - sqrt((share - low) ** 2 + (other_high - other) ** 2),
        gap + sqrt((high - share) ** 2 + (other - other_low) ** 2),
    )
