"""How sure a share, a score or a change is: plain arithmetic, each with its source.

z is the normal's 1.96 (95 in 100) unless another is asked for.
"""

from dataclasses import dataclass
from math import sqrt

Z = 1.96
# Of fewer texts or people on a side nothing is said of a change.
LEAST = 20


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
