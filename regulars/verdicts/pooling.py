"""Many small acts together: what they did, over all of them, and what another may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

ALPHA = 0.05
# After how many acts like the first one the boundary is tightest.
TUNED_TO = 10
LEAST_FOR_ANOTHER = 3


@dataclass(frozen=True, slots=True)
class Part:
    """One act that is over: its effect, its variance, how many got it and were left out."""

    difference: float
    variance: float
    got_count: int
    left_count: int

    @property
    def weight(self) -> float:
        """By counts alone (Mantel and Haenszel 1959): an error guessed too small would rule."""
        return self.got_count * self.left_count / (self.got_count + self.left_count)


@dataclass(frozen=True, slots=True)
class Pooled:
    """The effect of all together, and that of another like them (None: too few to say)."""

    acts: int
    customers: int
    difference: float
    low: float
    high: float
    # How much acts differ beyond what the lot explains, as a standard deviation.
    differ_by: float
    another: tuple[float, float, float] | None


def pooled(parts: Sequence[Part]) -> Pooled | None:
    """Acts in the order in which they ended; may be asked again after each, for ever."""
    parts = [part for part in parts if part.variance > 0]
    if not parts:
        return None
    effects, variances = [part.difference for part in parts], [part.variance for part in parts]
    whole = sum(part.weight for part in parts)
    middle = sum(part.weight * part.difference for part in parts) / whole
    clock = [part.weight**2 * part.variance for part in parts]
    reach = _boundary(sum(clock), tuned_to=TUNED_TO * clock[0]) / whole
    differ = _between(effects, variances)
    return Pooled(
        len(parts),
        sum(part.got_count + part.left_count for part in parts),
        middle,
        middle - reach,
        middle + reach,
        sqrt(differ),
        _another(effects, [variance + differ for variance in variances]),
    )


def _boundary(clock: float, *, tuned_to: float) -> float:
    """How far a sum of such variance ever strays, 19 times in 20, however often one looks.

    The normal mixture (Robbins 1970; Howard and others 2021, equation 14), tightest at `tuned_to`.
    """
    rho = tuned_to / (-2 * log(ALPHA) + log(1 - 2 * log(ALPHA)))
    return sqrt((clock + rho) * log((clock + rho) / (rho * ALPHA**2)))


def _between(effects: Sequence[float], variances: Sequence[float]) -> float:
    """The variance between acts, by their moments (DerSimonian and Laird 1986)."""
    if len(effects) < 2:
        return 0.0
    _middle, whole, spread = _weighed(effects, variances)
    squares = sum(1 / variance**2 for variance in variances)
    return max(0.0, (spread - (len(effects) - 1)) / (whole - squares / whole))


def _another(
    effects: Sequence[float], variances: Sequence[float]
) -> tuple[float, float, float] | None:
    """The mean of such acts, with Hartung and Knapp's error (2001), never below the plain one."""
    count = len(effects)
    if count < LEAST_FOR_ANOTHER:
        return None
    from scipy.special import stdtrit

    middle, whole, spread = _weighed(effects, variances)
    reach = float(stdtrit(count - 1, 0.975)) * sqrt(max(1.0, spread / (count - 1)) / whole)
    return middle, middle - reach, middle + reach


def _weighed(effects: Sequence[float], variances: Sequence[float]) -> tuple[float, float, float]:
    """Mean, sum of weights and spread about the mean, each weighed by how sure it is."""
    weights = [1 / variance for variance in variances]
    whole = sum(weights)
    middle = sum(w * effect for w, effect in zip(weights, effects, strict=True)) / whole
    spread = sum(w * (effect - middle) ** 2 for w, effect in zip(weights, effects, strict=True))
    return middle, whole, spread
