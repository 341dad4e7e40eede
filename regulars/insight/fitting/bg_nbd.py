"""BG/NBD: customers buy at their own pace until, after some purchase, they stop.

Fader, Hardie and Lee, *Counting your customers the easy way*, Marketing Science 24 (2005). Paces
are gamma distributed (`r`, `alpha`, per week), chances to stop after a purchase beta (`a`, `b`).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, gammaln, hyp2f1, psi

from regulars.insight.fitting.cells import DAYS_OF_A_WEEK, Cells, Floats, Whole, stretches, sum_of
from regulars.insight.fitting.climbing import Hill, Top, approached, climbed

NAMES = ("r", "alpha", "a", "b")
_START = (1.0, 10.0, 1.0, 2.0)
# From so many cells on, the climb begins on a tenth of them and fewer.
_MANY_CELLS = 20_000
_CELLS_AT_FIRST = 10_000


@dataclass(frozen=True, slots=True)
class BgNbd:
    """The four parameters; times are weeks."""

    r: float
    alpha: float
    a: float
    b: float

    def expected(self, repeats: Floats, recency: Floats, age: Floats, weeks: float) -> Floats:
        """Purchases to expect in the next `weeks`, given each history; times in weeks.

        Equation 10 of the paper, with the hypergeometric function of scipy: exact, for tables of
        distinct histories and to check what the engines work out by a series.
        """
        r, alpha, a, b = self.r, self.alpha, _off_one(self.a), self.b
        later = weeks / (alpha + age + weeks)
        shape = hyp2f1(r + repeats, b + repeats, a + b + repeats - 1, later)
        left = 1 - ((alpha + age) / (alpha + age + weeks)) ** (r + repeats) * shape
        still = self.still_there(repeats, recency, age)
        return np.asarray((a + b + repeats - 1) / (a - 1) * left * still, dtype=np.float64)

    def variance(self, repeats: Floats, recency: Floats, age: Floats, weeks: float) -> Floats:
        """How far the purchases of the next `weeks` stray from `expected`, squared.

        Given that they are still there, their pace is gamma distributed about its mean and the
        purchases are Poisson; whether they are is a coin. That they may stop within these weeks
        is taken into the mean alone, so this is an approximation from below.
        """
        there = self.still_there(repeats, recency, age)
        mean = self.expected(repeats, recency, age, weeks)
        of_those = mean / there
        square = of_those + of_those**2 * (1 + 1 / (self.r + repeats))
        return np.asarray(there * square - mean**2, dtype=np.float64)

    def still_there(self, repeats: Floats, recency: Floats, age: Floats) -> Floats:
        """The chance that a customer has not stopped; 1 for those who never came back.

        Someone who bought once cannot have stopped in this model: they stop after repeats only.
        """
        gone = (
            self.a / (self.b + np.maximum(repeats, 1) - 1)
            * ((self.alpha + age) / (self.alpha + recency)) ** (self.r + repeats)
        )  # fmt: skip
        return np.asarray(1 / (1 + np.where(repeats > 0, gone, 0)), dtype=np.float64)


def _off_one(a: float) -> float:
    """The formula divides by a - 1; beside that hole it is smooth."""
    return a if abs(a - 1) > 1e-6 else 1 + 1e-6


def fitted(cells: Cells) -> Top:
    """The parameters under which what was seen is likeliest; times of `cells` are days."""
    customers = cells.customer_count
    if len(cells) <= _MANY_CELLS:
        return climbed(hill_of(cells), _START, customers=customers)
    few = cells.one_in(len(cells) // _CELLS_AT_FIRST)
    return approached(hill_of(cells), hill_of(few), _START, customers=customers)


def hill_of(cells: Cells) -> Hill:
    """The log-likelihood (equation 6) and its gradient at the logs of the parameters.

    Every logarithm and special function is looked up by whole days or purchases, and customers
    who never came back need no look at their recency; what is left for each cell is one sigmoid.
    """
    once, again = _parts(cells)

    def hill(logs: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = np.exp(logs)
        parts = [_of_once(once, r, alpha), _of_again(again, r, alpha, a, b)]
        height = sum(float(part[0]) for part in parts)
        return height, np.sum([part[1] for part in parts], axis=0) * np.exp(logs)

    return hill


@dataclass(frozen=True, slots=True)
class _Once:
    """Who bought once: how many of each age in weeks."""

    weeks: Floats
    customers: Floats


@dataclass(frozen=True, slots=True)
class _Again:
    """Who came back: cells with places in tables of distinct values, and counts by each value."""

    repeats: Floats  # of a cell
    customers: Floats
    age_at: Whole
    recency_at: Whole
    ages: Floats  # tables, in weeks
    recencies: Floats
    times: Floats  # distinct numbers of repeats
    times_at: Whole
    by_times: Floats  # customers


def _parts(cells: Cells) -> tuple[_Once, _Again]:
    back = cells.repeats > 0
    ages, place = np.unique(cells.age[~back], return_inverse=True)
    once = _Once(ages / DAYS_OF_A_WEEK, _counts(place, cells.customers[~back].astype(np.float64)))
    customers = cells.customers[back].astype(np.float64)
    ages, age_at = np.unique(cells.age[back], return_inverse=True)
    recencies, recency_at = np.unique(cells.recency[back], return_inverse=True)
    times, times_at = np.unique(cells.repeats[back], return_inverse=True)
    again = _Again(
        cells.repeats[back].astype(np.float64), customers, age_at, recency_at,
        ages / DAYS_OF_A_WEEK, recencies / DAYS_OF_A_WEEK,
        times.astype(np.float64), times_at, _counts(times_at, customers),
    )  # fmt: skip
    return once, again


def _counts(places: Whole, weights: Floats, least: int = 0) -> Floats:
    return np.asarray(np.bincount(places, weights=weights, minlength=least), dtype=np.float64)


def _of_once(once: _Once, r: float, alpha: float) -> tuple[float, Floats]:
    after = alpha + once.weeks
    ratio = np.log(alpha / after)
    height = float(once.customers @ (r * ratio))
    slope_r = float(once.customers @ ratio)
    slope_alpha = float(once.customers @ (r / alpha - r / after))
    return height, np.array([slope_r, slope_alpha, 0.0, 0.0])


def _of_again(again: _Again, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats]:
    if not len(again.repeats):
        return 0.0, np.zeros(4)
    past_age, past_recency = alpha + again.ages, alpha + again.recencies
    tables = (np.log(past_age), np.log(past_recency), np.log(a / (b + again.times - 1)))
    sums = _Sums.of_none(again)
    for part in stretches(len(again.repeats)):
        sums.add(again, part, tables, r)
    whole, slopes = _of_times(again, r, alpha, a, b)
    slopes[0] += sums.slope_r
    slopes[1] -= float(sums.by_age @ (1 / past_age) + sums.by_recency @ (1 / past_recency))
    slopes[2] += float(sums.gone_by_times.sum()) / a
    slopes[3] -= float(sums.gone_by_times @ (1 / (b + again.times - 1)))
    return sums.height + whole, slopes


@dataclass(slots=True)
class _Sums:
    """What the cells add up to, by distinct ages, recencies and numbers of repeats."""

    height: float
    slope_r: float
    by_age: Floats
    by_recency: Floats
    gone_by_times: Floats

    @classmethod
    def of_none(cls, again: _Again) -> "_Sums":
        tables = (again.ages, again.recencies, again.times)
        return cls(0.0, 0.0, *(np.zeros(len(table)) for table in tables))

    def add(
        self, again: _Again, part: slice, tables: tuple[Floats, Floats, Floats], r: float
    ) -> None:
        log_age, log_recency, log_odds = tables
        customers, power = again.customers[part], r + again.repeats[part]
        age_at, recency_at, times_at = (
            again.age_at[part], again.recency_at[part], again.times_at[part]
        )  # fmt: skip
        late = log_age[age_at]
        gap = late - log_recency[recency_at]
        # How much likelier it is, in logs, that they stopped at their last purchase than that not.
        odds = log_odds[times_at] + power * gap
        small = np.exp(-np.abs(odds))
        gone = customers * np.where(odds > 0, 1.0, small) / (1 + small)
        either = np.maximum(odds, 0) + np.log(1 + small)
        self.height += sum_of(customers, either - power * late)
        self.slope_r += sum_of(gone, gap) - sum_of(customers, late)
        self.by_age += _counts(age_at, (customers - gone) * power, len(self.by_age))
        self.by_recency += _counts(recency_at, gone * power, len(self.by_recency))
        self.gone_by_times += _counts(times_at, gone, len(self.gone_by_times))


def _of_times(again: _Again, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats]:
    """What depends on the number of repeats alone."""
    x, customers = again.times, again.by_times
    each = (
        gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        + betaln(a, b + x) - betaln(a, b)
    )  # fmt: skip
    together = psi(a + b) - psi(a + b + x)
    slopes = (
        psi(r + x) - psi(r) + np.log(alpha),
        np.full_like(x, r / alpha),
        together,
        together + psi(b + x) - psi(b),
    )
    return float(customers @ each), np.array([float(customers @ slope) for slope in slopes])
