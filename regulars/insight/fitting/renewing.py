"""The pattern by which customers come and go, fitted to their gaps and their silence.

A renewal process with Erlang gaps, gamma paces and beta chances to stop after any purchase
(Platzer and Reutterer, *Ticking away the moments*, Marketing Science 35, 2016), under a weak first
guess, so that it says something sensible of ten customers too. numpy alone: every count runs it,
and scipy would take longer to load than this takes to fit.
"""

from dataclasses import dataclass, replace
from math import exp, lgamma, log

import numpy as np

from regulars.insight.chances import Pattern, purchases_within, still_there
from regulars.insight.fitting.cells import Floats, Whole

REGULARITIES = (1, 2, 3, 4, 6, 8, 12)
# The first guess: the middle and the spread of logs of regularity, the usual gap, how alike paces
# are, the chance that a purchase is the last (its odds), and how alike those chances are.
_REGULARITY = (log(2), 0.8)
_MIDDLES = np.array([log(30), log(2), log(0.12), log(3)])
_SPREADS = np.array([1.5, 0.8, 1.0, 1.0])
_FARTHEST = 8.0
# How far back it is asked whether a pattern holds lately, and how far it may be off.
LOOK_BACK, LEVEL_SPREAD = 120.0, 0.1
EVEN = 0.5
# Below this the rest is less than a day for anyone.
_HALVINGS = 30
# Two purchases in a dead season have waited a little all the same.
LEAST_GAP = 0.5


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is seen of customers: repeats, days from first to last, silence; and their log gaps.

    Shapes (n,); `log_gaps` is the sum of the logs of all gaps of all of them.
    """

    repeats: Whole
    span: Floats
    silence: Floats
    log_gaps: float

    @property
    def gap_count(self) -> int:
        return int(self.repeats.sum())


def gaps_of(who: Whole, marks: Floats, end: float) -> Gaps:
    """What is seen of customers by `end`; `marks` are their purchases in days of business.

    Both shapes (purchases,), sorted by customer and then by mark.
    """
    starts_anew = np.ones(len(who), dtype=bool)
    starts_anew[1:] = who[1:] != who[:-1]
    starts = np.flatnonzero(starts_anew)
    ends = np.append(starts[1:], len(who))[: len(starts)] - 1
    between = np.maximum(np.diff(marks)[~starts_anew[1:]], LEAST_GAP)
    return Gaps(
        (ends - starts).astype(np.int64),
        marks[ends] - marks[starts],
        np.maximum(end - marks[ends], 0.0),
        float(np.log(between).sum()),
    )


def pattern_of(who: Whole, marks: Floats, end: float) -> Pattern:
    """How the customers come and go whose purchases these are; as `gaps_of` has them."""
    pattern = fitted(gaps_of(who, marks, end))
    return replace(pattern, level=level_of(pattern, who, marks, end))


def fitted(gaps: Gaps) -> Pattern:
    """The pattern under which what was seen, and the first guess, are likeliest together."""
    best, height, start = None, -np.inf, _MIDDLES
    for regularity in REGULARITIES:
        top, at = _climbed(_Hill(gaps, regularity), start)
        prior = -0.5 * ((log(regularity) - _REGULARITY[0]) / _REGULARITY[1]) ** 2
        if top + prior <= height:
            break
        best, height, start = (regularity, at), top + prior, at
    assert best is not None
    return pattern_at(best[0], best[1], len(gaps.repeats))


def pattern_at(regularity: int, logs: Floats, customers: int) -> Pattern:
    """Parameters in their own units, rounded so that one more order does not move everybody."""
    gap, r, odds, weight = (exp(value) for value in logs)
    share = odds / (1 + odds)
    return Pattern(
        regularity, _rounded(r), _rounded(gap * r / regularity), _rounded(weight * share),
        _rounded(weight * (1 - share)), customers,
    )  # fmt: skip


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


class _Hill:
    """The log-likelihood over the logs of usual gap, r, odds to stop, and a + b."""

    def __init__(self, gaps: Gaps, regularity: int) -> None:
        self._gaps = gaps
        self._k = regularity
        # Special functions are worked out once for each number of repeats.
        times, place = np.unique(gaps.repeats, return_inverse=True)
        self._times = times.astype(np.float64)
        self._counts = np.bincount(place, minlength=len(times)).astype(np.float64)
        self._x = gaps.repeats.astype(np.float64)
        total = gaps.gap_count
        self._fixed = (regularity - 1) * gaps.log_gaps - total * lgamma(regularity)

    def __call__(self, logs: Floats) -> float:
        k, gaps = self._k, self._gaps
        gap, r, odds, weight = np.exp(logs)
        alpha, share = gap * r / k, odds / (1 + odds)
        a, b = weight * share, weight * (1 - share)
        power = r + k * self._x
        known = alpha + gaps.span
        height = self._of_times(r, a, b) + self._fixed + len(self._x) * r * log(alpha)
        height -= float(power @ np.log(known))
        past = gaps.silence / (known + gaps.silence)
        total = np.ones_like(past)
        for step in range(k - 1, 0, -1):
            total = 1 + total * past * (power + (step - 1)) / step
        unbroken = np.exp(power * np.log1p(-past)) * total
        stay = b + self._x
        height += float(np.log((a + stay * unbroken) / (a + stay)).sum())
        off = (logs - _MIDDLES) / _SPREADS
        return float(height) - 0.5 * float(off @ off)

    def _of_times(self, r: float, a: float, b: float) -> float:
        """What depends on the number of repeats alone."""
        each = [
            lgamma(r + self._k * x) - lgamma(r)
            + lgamma(b + x) - lgamma(b) + lgamma(a + b) - lgamma(a + b + x)
            for x in self._times
        ]  # fmt: skip
        return float(self._counts @ np.array(each))


def _climbed(hill: _Hill, start: Floats) -> tuple[float, Floats]:
    """The top, by quasi-Newton steps with differences for a gradient (BFGS)."""
    at, height = start.copy(), hill(start)
    slope = _slope(hill, at)
    inverse = np.diag(1 / np.maximum(1.0, np.abs(slope)))
    for _round in range(60):
        step = inverse @ slope
        longest = float(np.abs(step).max())
        if longest > 1:
            step /= longest
        there, top, share = at, height, 1.0
        while share > 1e-3:
            there = np.clip(at + share * step, _MIDDLES - _FARTHEST, _MIDDLES + _FARTHEST)
            top = hill(there)
            if top > height:
                break
            share /= 2
        if top <= height + 1e-4:
            break
        moved, new_slope = there - at, _slope(hill, there)
        bend = slope - new_slope
        along = float(moved @ bend)
        if along > 1e-12:
            left = np.eye(len(at)) - np.outer(moved, bend) / along
            inverse = left @ inverse @ left.T + np.outer(moved, moved) / along
        at, height, slope = there, top, new_slope
    return height, at


def _slope(hill: _Hill, at: Floats) -> Floats:
    slopes = []
    for place in range(len(at)):
        off = np.zeros_like(at)
        off[place] = 1e-4
        slopes.append((hill(at + off) - hill(at - off)) / 2e-4)
    return np.array(slopes)


def level_of(pattern: Pattern, who: Whole, marks: Floats, end: float) -> float:
    """How much of what a pattern foretells came lately: over 1 where business picks up.

    Asked of the last `LOOK_BACK` days of business, and shrunk to 1 by what chance explains. In
    books that are shorter than twice that, those known by then are not like the rest.
    """
    before = end - LOOK_BACK
    known = marks <= before
    if not known.any() or before - marks.min() < LOOK_BACK:
        return 1.0
    seen = gaps_of(who[known], marks[known], before)
    expected = purchases_within(
        pattern, seen.repeats.astype(np.float64), seen.span, seen.silence, LOOK_BACK
    )
    names = np.unique(who[known])
    late = np.searchsorted(names, who[~known])
    late[late == len(names)] = 0
    back = names[late] == who[~known]
    came = np.bincount(late[back], minlength=len(names)).astype(np.float64)
    total = float(expected.sum())
    chance = float(((came - expected) ** 2).sum()) / total**2
    trust = LEVEL_SPREAD**2 / (LEVEL_SPREAD**2 + chance)
    return float(f"{1 + trust * (came.sum() / total - 1):.2f}")


def repeater_count(who: Whole) -> int:
    """How many came back; `who` has a place for each purchase."""
    return int((np.unique(who, return_counts=True)[1] > 1).sum())


def doubtful_reaches(pattern: Pattern, repeats: Floats) -> Floats:
    """After which silence, over (alpha + span), someone is as likely gone as still a customer.

    0 where that is so at once. It depends on the number of repeats alone, so that a table of a few
    hundred serves a million.
    """
    low, high = np.zeros(len(repeats)), np.ones(len(repeats))
    for _round in range(_HALVINGS):
        middle = (low + high) / 2
        # Any span will do: the answer is a share of it.
        silence = pattern.alpha * middle / (1 - middle)
        there = still_there(pattern, repeats, 0.0, silence) > EVEN
        low, high = np.where(there, middle, low), np.where(there, high, middle)
    return np.asarray(low / (1 - low), dtype=np.float64)
