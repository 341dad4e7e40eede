"""The rhythm of a group of customers, estimated; docs/rhythm.md derives every formula here.

Plain arithmetic on a handful of sums, so that the counting itself can run on any engine and the
web process can say how sure it is without one.
"""

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

# What a business is taken for before it has shown its rhythm: once a month, give or take double.
PRIOR_LOG_GAP = math.log(30)
PRIOR_WITHIN = 0.5
PRIOR_BETWEEN = 0.5
# How many customers, and how many gaps, that first guess is worth once there are real ones.
PRIOR_CUSTOMERS = 10
PRIOR_GAPS = 5
# Gaps of one's own before one's own spread counts for half.
SPREAD_WEIGHT = 4
LEAST_SPREAD, MOST_SPREAD = 0.2, 2.0

# A group has a rhythm of its own from so many customers who came twice; fewer go by everyone.
LEAST_CUSTOMERS_OF_A_GROUP = 30

# Shares of a customer's own gaps that are over by then, their normal quantiles, and the days in
# which nobody has that standing however fast their rhythm: a holiday is not a farewell.
SLIPPING = (0.80, 0.841621, 7)
LAPSED = (0.95, 1.644854, 30)
LOST = (0.99, 2.326348, 90)
# Beyond ten years a date is a fiction, and the calendar has an end.
MOST_GAP_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Cell:
    """Customers with the same number of gaps: how many, and sums of their mean log gaps."""

    gap_count: int
    customer_count: int
    sum_of_means: float
    sum_of_squared_means: float
    sum_of_squares_within: float


@dataclass(frozen=True, slots=True)
class GroupRhythm:
    """Log gaps of a group: their middle, their variance within a customer and between customers."""

    log_gap: float
    within: float
    between: float
    customer_count: int
    gap_count: int

    @property
    def weight(self) -> float:
        """How many gaps of one's own the group counts for: variance within by variance between."""
        return self.within / self.between

    @property
    def usual_gap_days(self) -> float:
        return math.exp(self.log_gap)

    @property
    def is_a_guess(self) -> bool:
        """Fewer than a handful of gaps: what is said rests on the first guess."""
        return self.gap_count < PRIOR_GAPS

    def as_dict(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "usual_gap_days": round(self.usual_gap_days, 1),
            "weight": round(self.weight, 2),
            "is_a_guess": self.is_a_guess,
        }


def group_rhythm(cells: Iterable[Cell]) -> GroupRhythm:
    """The rhythm of a group by the method of moments; a small one leans on a first guess."""
    cells = list(cells)
    customers = sum(cell.customer_count for cell in cells)
    gaps = sum(cell.gap_count * cell.customer_count for cell in cells)
    within = _variance_within(cells)
    between = _variance_between(cells, customers, within)
    # Rounded, so that one more order does not move everybody's dates.
    return GroupRhythm(
        log_gap=round(_middle(cells, within, between), 2),
        within=max(0.01, round(within, 2)),
        between=max(0.01, round(between, 2)),
        customer_count=customers,
        gap_count=gaps,
    )


def _variance_within(cells: list[Cell]) -> float:
    squares = sum(cell.sum_of_squares_within for cell in cells)
    freedom = sum((cell.gap_count - 1) * cell.customer_count for cell in cells)
    return (squares + PRIOR_GAPS * PRIOR_WITHIN) / (freedom + PRIOR_GAPS)


def _variance_between(cells: list[Cell], customers: int, within: float) -> float:
    """The variance of the means, each customer counting once, less what their few gaps explain.

    Unweighted (Hedges and Olkin): weighted by gaps, one daily guest would speak for everybody.
    """
    if customers < 2:
        return PRIOR_BETWEEN
    total = sum(cell.sum_of_means for cell in cells)
    squares = sum(cell.sum_of_squared_means for cell in cells)
    of_means = max(0.0, squares - total * total / customers) / (customers - 1)
    chance = within * sum(cell.customer_count / cell.gap_count for cell in cells) / customers
    moment = max(0.0, of_means - chance)
    weight = customers + PRIOR_CUSTOMERS
    return (customers * moment + PRIOR_CUSTOMERS * PRIOR_BETWEEN) / weight


def _middle(cells: list[Cell], within: float, between: float) -> float:
    """The mean of customers, not of gaps: a daily guest is one customer, with many gaps."""
    weight = 1 / (between + within)
    total = weight * PRIOR_LOG_GAP
    for cell in cells:
        of_one = 1 / (between + within / cell.gap_count)
        weight += of_one * cell.customer_count
        total += of_one * cell.sum_of_means
    return total / weight


def share_over_by(days: float, usual_gap_days: float, gap_spread: float) -> float:
    """Which share of such gaps is over after so many open days: the log-normal distribution."""
    if days <= 0:
        return 0.0
    z = math.log(days / usual_gap_days) / gap_spread
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


@dataclass(frozen=True, slots=True)
class GroupStake:
    """How often and for how much a group buys: what newcomers are taken for."""

    repeats_a_year: float
    shape: float
    spend_minor: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


# A newcomer of a business that has no second purchase yet is taken for one who comes once a year.
PRIOR_REPEATS = 1.0
PRIOR_YEARS = 1.0


def group_stake(sums: dict[str, float]) -> GroupStake:
    """The yearly purchases of a group as a gamma distribution, by the method of moments.

    `sums`: customer_count, repeats, years, repeats_squared, repeats_years, years_squared,
    spend_minor (the middle spend of a purchase).
    """
    repeats, years, squared = sums["repeats"], sums["years"], sums["years_squared"]
    rate = (repeats + PRIOR_REPEATS) / (years + PRIOR_YEARS)
    about_rate = sums["repeats_squared"] - 2 * rate * sums["repeats_years"] + rate * rate * squared
    extra, scale = about_rate - rate * years, rate * rate * squared
    few = sums["customer_count"] < PRIOR_CUSTOMERS
    shape = 1.0 if few or extra <= 0 or scale <= 0 else min(5.0, max(0.1, scale / extra))
    return GroupStake(_two_digits(rate), _two_digits(shape), round(sums["spend_minor"]))


NOBODYS_STAKE = GroupStake(PRIOR_REPEATS / PRIOR_YEARS, 1.0, 0)


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")
