"""How sure a share, a score or a change is: plain arithmetic, each with its source.

z is the normal's 1.96 (95 in 100) unless another is asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, fsum, inf, lgamma, log, sqrt
from statistics import NormalDist

Z = 1.96
# Of fewer texts or people on a side nothing is said of a change.
LEAST = 20
# Of fewer things that went wrong, before and since together, neither.
SPARSE = 5
# Beyond, Wilson's bounds and the exact ones are the same for every purpose.
MOST_EXACT = 2_000


def wilson(count: int, whole: int, z: float = Z) -> tuple[float, float]:
    """Between what a share lies (Wilson, JASA 22, 1927): holds for few and near nought too."""
    if not whole:
        return 0.0, 1.0
    share = count / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    inside = share * (1 - share) / whole + z * z / (4 * whole * whole)
    half = z / (1 + z * z / whole) * sqrt(inside)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, and between what the share lies."""

    count: int
    whole: int

    @property
    def share(self) -> float:
        return self.count / self.whole if self.whole else 0.0

    @property
    def low(self) -> float:
        return wilson(self.count, self.whole)[0]

    @property
    def high(self) -> float:
        return wilson(self.count, self.whole)[1]


def newcombe(before: Share, after: Share, z: float = Z) -> tuple[float, float]:
    """By how much a share rose, and between what that lies: Wilson's bounds of both put together
    (Newcombe, Statistics in Medicine 17, 1998, method 10)."""
    low_1, high_1 = wilson(before.count, before.whole, z)
    low_2, high_2 = wilson(after.count, after.whole, z)
    rise = after.share - before.share
    down = sqrt((after.share - low_2) ** 2 + (high_1 - before.share) ** 2)
    up = sqrt((high_2 - after.share) ** 2 + (before.share - low_1) ** 2)
    return rise - down, rise + up


def apart(before: Share, after: Share, z: float = Z) -> str:
    """`more`, `less`, `cannot` tell, or too `few`: fewer than twenty texts on a side."""
    if min(before.whole, after.whole) < LEAST:
        return "few"
    low, high = newcombe(before, after, z)
    return "more" if low > 0 else "less" if high < 0 else "cannot"


def exact(count: int, whole: int, alpha: float = 0.05) -> tuple[float, float]:
    """Between what a share lies, never surer than it says (Clopper and Pearson, Biometrika 26,
    1934)."""
    if whole > MOST_EXACT:
        return wilson(count, whole, NormalDist().inv_cdf(1 - alpha / 2))
    low = 0.0 if not count else _where(lambda p: _at_least(count, whole, p), alpha / 2)
    rest = whole - count
    high = 1.0 if not rest else 1 - _where(lambda p: _at_least(rest, whole, p), alpha / 2)
    return low, high


def _where(rising: Callable[[float], float], level: float) -> float:
    """Where a function that rises from 0 to 1 reaches a level."""
    low, high = 0.0, 1.0
    for _step in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < level else (low, middle)
    return (low + high) / 2


def _at_least(count: int, whole: int, share: float) -> float:
    """How likely so many or more of so many are, where each is as likely as this."""
    if share <= 0.0 or share >= 1.0:
        return float(share >= 1.0)
    ways = lgamma(whole + 1)
    return fsum(
        exp(
            ways - lgamma(one + 1) - lgamma(whole - one + 1)
            + one * log(share) + (whole - one) * log(1 - share)
        )
        for one in range(count, whole + 1)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ratio:
    """A rate since as a part of the rate before, and between what it lies."""

    ratio: float | None
    low: float
    high: float
    word: str


def ratio_of(before: Share, after: Share, alpha: float = 0.05) -> Ratio:
    """Whether something became rarer: of all times that it came, how many came since.

    Had nothing changed, they would divide as what they are counted of (orders, texts) does; the
    bounds are exact (Przyborowski and Wilenski, Biometrika 31, 1940). `few`: fewer than twenty
    of these on a side, or it came fewer than five times in all.
    """
    times = before.count + after.count
    if min(before.whole, after.whole) < LEAST or times < SPARSE:
        return Ratio(None, 0.0, inf, "few")
    by = before.whole / after.whole
    low, high = (_odds(share) * by for share in exact(after.count, times, alpha))
    word = "fell" if high < 1 else "rose" if low > 1 else "cannot"
    middle = after.share / before.share if before.count else None
    return Ratio(middle, low, high, word)


def _odds(share: float) -> float:
    return inf if share >= 1 else share / (1 - share)
