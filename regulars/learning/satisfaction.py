"""Satisfaction, recommendation and effort as the field defines them, from marks that were counted.

CSAT: of those who gave a mark from 1 to 5, the share with 4 or 5 (“top two boxes”; Farris and
others, Marketing Metrics, 2010). NPS: of those who gave 0 to 10, the share with 9 or 10 less the
share with 6 or less (Reichheld, Harvard Business Review, December 2003). Effort: of those who said
1 to 7 whether we made it easy, the share with 5 to 7 (Dixon, Toman and DeLisi, The Effortless
Experience, 2013).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from regulars.care.choices import MarkKind
from regulars.learning.chance import LEAST, Share, Z, newcombe

# By the question: from which mark somebody counts as content, and up to which as not.
CONTENT = {MarkKind.FIVE: 4, MarkKind.RECOMMEND: 9, MarkKind.EFFORT: 5}
NOT_CONTENT = {MarkKind.FIVE: 2, MarkKind.RECOMMEND: 6, MarkKind.EFFORT: 3}
KINDS = tuple(CONTENT)
# What is added to the three sides before the bounds of an NPS are worked out.
_ADDED = (0.75, 1.5, 0.75)


@dataclass(frozen=True, slots=True)
class Score:
    """How many are content, neither, or not; a number from it, and between what it lies.

    A share of 1 (NPS: a difference of shares, from -1 to 1); nobody: no number.
    """

    kind: MarkKind
    content: int
    neither: int
    not_content: int

    @property
    def count(self) -> int:
        return self.content + self.neither + self.not_content

    @property
    def is_net(self) -> bool:
        return self.kind == MarkKind.RECOMMEND

    @property
    def share(self) -> Share:
        return Share(self.content, self.count)

    @property
    def value(self) -> float | None:
        if not self.count:
            return None
        return (self.content - self.not_content * self.is_net) / self.count

    @property
    def low(self) -> float:
        return self._net()[0] if self.is_net else self.share.low

    @property
    def high(self) -> float:
        return self._net()[1] if self.is_net else self.share.high

    def _net(self) -> tuple[float, float]:
        """The adjusted Wald bounds of a difference of two shares of one whole: each mark is 1, 0 or
        -1, with the variance p + d - (p - d)²; three marks are added first (Rocks, The American
        Statistician 70, 2016)."""
        if not self.count:
            return -1.0, 1.0
        middle, variance, whole = self.adjusted()
        half = Z * sqrt(variance / whole)
        return max(-1.0, middle - half), min(1.0, middle + half)

    def adjusted(self) -> tuple[float, float, float]:
        """The difference, the variance of one mark, and how many, with what is added first."""
        sides = (self.content, self.neither, self.not_content)
        content, neither, against = (one + more for one, more in zip(sides, _ADDED, strict=True))
        whole = content + neither + against
        good, bad = content / whole, against / whole
        return good - bad, good + bad - (good - bad) ** 2, whole


def score_of(kind: MarkKind, counts: Mapping[int, int]) -> Score:
    """By mark, how many gave it."""
    content = sum(count for mark, count in counts.items() if mark >= CONTENT[kind])
    against = sum(count for mark, count in counts.items() if mark <= NOT_CONTENT[kind])
    return Score(kind, content, sum(counts.values()) - content - against, against)


def apart(before: Score, after: Score) -> str:
    """`more`, `less`, `cannot` tell, or too `few`: fewer than twenty marks on a side."""
    if min(before.count, after.count) < LEAST:
        return "few"
    low, high = _rise(before, after)
    return "more" if low > 0 else "less" if high < 0 else "cannot"


def _rise(before: Score, after: Score) -> tuple[float, float]:
    if not after.is_net:
        return newcombe(before.share, after.share)
    one, other = before.adjusted(), after.adjusted()
    half = Z * sqrt(one[1] / one[2] + other[1] / other[2])
    rise = other[0] - one[0]
    return rise - half, rise + half
