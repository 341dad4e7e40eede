"""What the weeks to come would bring, told from the weeks there were: many ways it may go.

A Gaussian process on the logarithm or the root of each week: a level that wanders, a damped trend,
a season of the year, chance that lasts for some weeks and chance that does not. How much there is
of each is not chosen but weighed: every mixture on a grid counts by how likely it makes the weeks.
docs/baseline.md says why.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

YEAR, WEEK = 365.25, 7.0
# In units of the variance of plain chance; steps of the level are a week's.
WANDERS = (0.0, 0.07, 0.2, 0.5)
LASTING = (0.0, 1.0)
LASTS_WEEKS = 3.0
SEASONS = (1.0, 6.0, 36.0)
SMOOTH = (1.0, 0.4)
# A year's growth that is not surprising, and the weeks after which it has mostly run out.
GROWTH, DAMPED_WEEKS = 0.2, 26.0
# In shorter books a season shows by its broad shape alone, if at all; it is not ruled out either.
LEAST_DAYS_FOR_A_SHAPE = 270.0
OUTLYING, OUTLYING_COUNTS = 3.5, 25.0
# How firmly the first guess of the variance is held: as firmly as by so many weeks.
HELD_BY = 2.0
LEAST_WEIGHT = 0.002


@dataclass(frozen=True, slots=True)
class Weeks:
    """Whole weeks: the ordinal of the middle day of each, its value, and the share of it open."""

    middles: Floats
    values: Floats
    shares: Floats


@dataclass(frozen=True, slots=True)
class _Lens:
    """How a week is looked at: by its logarithm (of noise like counts, or alike) or its root."""

    is_log: bool
    by_size: float
    floor: float

    def seen(self, values: Floats) -> Floats:
        return np.log(values + self.floor) if self.is_log else np.sqrt(values + self.floor)

    def back(self, seen: Floats) -> Floats:
        told = np.exp(np.clip(seen, -50, 50)) if self.is_log else np.maximum(seen, 0.0) ** 2
        return np.maximum(told - self.floor, 0.0)

    def slope(self, values: Floats) -> Floats:
        """How much the view moves with the value; its logarithms weigh views against each other."""
        return 1 / (values + self.floor) if self.is_log else 0.5 / np.sqrt(values + self.floor)


@dataclass(frozen=True, slots=True)
class _Mixture:
    """One mixture fitted: how likely, and what it says of the weeks ahead."""

    log_weight: float
    lens: _Lens
    mean: Floats
    factor: Floats
    freedom: float


def paths(past: Weeks, ahead: Weeks, *, floor: float, draws: int = 4000, seed: int = 1) -> Floats:
    """So many ways in which the weeks ahead may go, each as likely; a row is a way.

    `floor` is the least that a week can be told by (half a customer, half a basket).
    """
    chance = np.random.default_rng(seed)
    mixtures = list(_mixtures(past, ahead, floor))
    logs = np.array([one.log_weight for one in mixtures])
    weights = np.exp(logs - logs.max())
    weights[weights < LEAST_WEIGHT * weights.max()] = 0.0
    counts = _shared_out(weights / weights.sum(), draws)
    drawn = [_drawn(one, int(count), chance) for one, count in zip(mixtures, counts, strict=True)
             if count]  # fmt: skip
    return np.concatenate(drawn) * ahead.shares


def _shared_out(weights: Floats, draws: int) -> Any:
    """Whole numbers in the proportion of the weights that add up to `draws`."""
    edges = np.round(np.cumsum(weights) * draws)
    return np.diff(np.concatenate([[0.0], edges])).astype(int)


def _drawn(one: _Mixture, count: int, chance: np.random.Generator) -> Floats:
    half = (count + 1) // 2
    normal = chance.standard_normal((half, len(one.mean)))
    spread = np.sqrt(one.freedom / chance.chisquare(one.freedom, half))[:, None]
    straying = (normal @ one.factor.T) * spread
    # Each way and its mirror image: the middle is met exactly, whatever the draw.
    both = np.concatenate([one.mean + straying, one.mean - straying])[:count]
    return one.lens.back(both)


def _mixtures(past: Weeks, ahead: Weeks, floor: float) -> Iterator[_Mixture]:
    whole = np.maximum(past.values / past.shares, 0.0)
    usual = float(np.median(whole)) or 1.0
    smooth = _smoothed(whole, usual)
    middles = np.concatenate([past.middles, ahead.middles])
    expected = np.concatenate([smooth, np.full(len(ahead.middles), usual)])
    for lens in (_Lens(True, 0.0, floor), _Lens(True, 1.0, floor), _Lens(False, 0.0, floor)):
        yield from _through(lens, past, ahead, whole, middles, expected, usual)


def _smoothed(whole: Floats, usual: float) -> Floats:
    kernel = np.ones(5)
    padded = np.convolve(whole, kernel, "same") / np.convolve(np.ones(len(whole)), kernel, "same")
    return np.clip(padded, usual / 10, usual * 10)


def _through(
    lens: _Lens, past: Weeks, ahead: Weeks, whole: Floats, middles: Floats, expected: Floats,
    usual: float,
) -> Iterator[_Mixture]:  # fmt: skip
    count = len(whole)
    seen = lens.seen(whole)
    centre = float(np.mean(seen))
    first = _first_guess(seen)
    noise = (usual / expected) ** lens.by_size / np.concatenate([past.shares, ahead.shares])
    growth = GROWTH if lens.is_log else GROWTH * np.sqrt(usual) / 2
    jacobian = float(np.sum(np.log(lens.slope(whole))))
    kernels = list(_kernels(middles, count, growth**2 / first))
    outlying = _outlying(kernels, noise[:count], seen - centre, first)
    noise = np.concatenate([noise[:count] * outlying, noise[count:]])
    for prior, kernel in kernels:
        fitted = _fitted(kernel, noise, seen - centre, first)
        if fitted is not None:
            log_likely, mean, factor, freedom = fitted
            yield _Mixture(prior + log_likely + jacobian, lens, mean + centre, factor, freedom)


def _first_guess(seen: Floats) -> float:
    steps = np.diff(seen)
    middle = float(np.median(np.abs(steps - np.median(steps)))) * 1.4826
    return max(middle**2 / 2, float(np.var(seen)) * 0.02, 1e-5)


def _kernels(middles: Floats, count: int, growth: float) -> Iterator[tuple[float, Floats]]:
    """Every mixture of the grid without its plain chance, and how likely it is beforehand."""
    weeks = (middles - middles[0]) / WEEK
    end = weeks[count - 1]
    trend = np.where(
        weeks <= end, weeks - end,
        DAMPED_WEEKS * -np.expm1(-np.maximum(weeks - end, 0) / DAMPED_WEEKS),
    ) / (YEAR / WEEK)  # fmt: skip
    apart = np.abs(weeks[:, None] - weeks[None, :])
    wander = np.minimum(weeks[:, None], weeks[None, :])
    lasting = np.exp(-apart / LASTS_WEEKS)
    turned = np.sin(np.pi * apart * WEEK / YEAR) ** 2
    is_long = middles[count - 1] - middles[0] >= LEAST_DAYS_FOR_A_SHAPE
    shapes = SMOOTH if is_long else SMOOTH[:1]
    seasons = [np.zeros_like(apart)]
    seasons += [size * np.exp(-2 * turned / wide**2) for size in SEASONS for wide in shapes]
    # No season is as likely beforehand as all the seasons together.
    priors = [0.0] + [-float(np.log(max(1, len(seasons) - 1)))] * (len(seasons) - 1)
    for prior, season in zip(priors, seasons, strict=True):
        for step in WANDERS:
            for size in LASTING:
                for slope in (0.0, growth):
                    yield prior, (
                        100.0 + season + step**2 * wander + size * lasting
                        + slope * np.outer(trend, trend)
                    )  # fmt: skip


def _fitted(
    kernel: Floats, noise: Floats, seen: Floats, first: float
) -> tuple[float, Floats, Floats, float] | None:
    """How likely the weeks are, and the mean, the factor and the freedom of those ahead."""
    count = len(seen)
    inner = kernel[:count, :count] + np.diag(noise[:count])
    lower = np.linalg.cholesky(inner)
    white = np.linalg.solve(lower, seen)
    held = HELD_BY / 2
    sum_of = held * first + float(white @ white) / 2
    freedom = HELD_BY + count
    log_likely = -float(np.sum(np.log(np.diag(lower)))) - freedom / 2 * float(np.log(sum_of))
    across = np.linalg.solve(lower, kernel[:count, count:])
    mean = across.T @ white
    left = kernel[count:, count:] + np.diag(noise[count:]) - across.T @ across
    scale = 2 * sum_of / freedom
    factor = np.linalg.cholesky(left + 1e-9 * np.eye(len(left))) * np.sqrt(scale)
    return log_likely, mean, factor, freedom


def _outlying(
    kernels: list[tuple[float, Floats]], noise: Floats, seen: Floats, first: float
) -> Floats:
    """Weeks that no mixture expects count for little: one huge order is not the level."""
    count = len(seen)
    best: tuple[float, Floats] | None = None
    for prior, kernel in kernels:
        inverse = np.linalg.inv(kernel[:count, :count] + np.diag(noise))
        _sign, size = np.linalg.slogdet(inverse)
        sum_of = HELD_BY / 2 * first + float(seen @ inverse @ seen) / 2
        freedom = HELD_BY + count
        likely = prior + size / 2 - freedom / 2 * float(np.log(sum_of))
        if best is None or likely > best[0]:
            strays = inverse @ seen / np.sqrt(np.diag(inverse) * 2 * sum_of / freedom)
            best = likely, strays
    assert best is not None
    typical = float(np.median(np.abs(best[1]))) * 1.4826 or 1.0
    return np.where(np.abs(best[1]) > OUTLYING * max(typical, 0.5), OUTLYING_COUNTS, 1.0)
