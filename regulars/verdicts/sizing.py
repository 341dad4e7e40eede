"""How many must be left out to see whether something helps, and whether a list can carry that."""

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from regulars.verdicts.looks import FINAL_ALPHA

POWER = 0.8
# An effect below this is seldom worth the trouble of a mailing: ten more of a hundred buy.
WORTH_KNOWING = 0.10
# Not fewer, however plain the numbers: this keeps a control group that reflects the list.
LEAST_SHARE, LEAST_LEFT_OUT = 0.05, 10
# Of a side with fewer nothing is promised.
LEAST_OF_A_SIDE = 5
# Of a list that cannot tell alone; together, many such lists can.
SHARE_THAT_ADDS_UP = 0.10


def _z(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def students(probability: float, freedom: int) -> float:
    """Student's quantile by the expansion of Fisher and Cornish (1960); web pages load no scipy."""
    z = _z(probability)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


@dataclass(frozen=True, slots=True)
class Spreads:
    """Standard deviations of what is measured: of those who get it, and of those left out.

    `gap` is how far apart the two sides are where that makes both spread more when they are put
    together, as rates do: the lot is redrawn from both together.
    """

    got: float
    left: float
    gap: float = 0.0

    @property
    def neyman_share(self) -> float:
        """The share of those left out with which the effect is known best (Neyman 1934)."""
        return self.left / (self.got + self.left) if self.got + self.left else 0.5

    def error(self, got_count: int, left_count: int) -> float:
        return sqrt(self.got**2 / got_count + self.left**2 / left_count)

    def error_of_nothing(self, got_count: int, left_count: int) -> float:
        """How far the sides would be apart by the lot alone: of rates, that of everybody's."""
        share = left_count / (got_count + left_count)
        within = (1 - share) * self.got**2 + share * self.left**2
        together = within + share * (1 - share) * self.gap**2
        return sqrt(together * (1 / got_count + 1 / left_count))


def spreads_of_rates(rate: float, effect: float = WORTH_KNOWING) -> Spreads:
    """Of buying or not, where so many buy anyway and the effect comes on top."""
    raised = min(rate + effect, 1.0)
    return Spreads(sqrt(raised * (1 - raised)), sqrt(rate * (1 - rate)), raised - rate)


def power_of(
    got_count: int, left_count: int, spreads: Spreads, effect: float, alpha: float = FINAL_ALPHA
) -> float:
    """How often such an effect would be seen: past what the lot alone does (Fleiss 1981)."""
    fewer = min(got_count, left_count)
    if fewer < LEAST_OF_A_SIDE:
        return 0.0
    error = spreads.error(got_count, left_count)
    bar = students(1 - alpha / 2, fewer - 1) * spreads.error_of_nothing(got_count, left_count)
    if not error:
        return float(abs(effect) > bar)
    return NormalDist().cdf((abs(effect) - bar) / error)


def customers_needed(
    spreads: Spreads, effect: float, *, share: float | None = None, alpha: float = FINAL_ALPHA
) -> int:
    """The smallest list on which such an effect is seen four times in five."""

    def tells(customers: int) -> bool:
        if share is None:
            return _fewest(customers, spreads, effect, alpha) is not None
        left = round(customers * share)
        return power_of(customers - left, left, spreads, effect, alpha) >= POWER

    most = 2 * LEAST_OF_A_SIDE
    while not tells(most):
        most *= 2
    return bisect_left(range(most), True, lo=most // 2, key=tells)


def _fewest(customers: int, spreads: Spreads, effect: float, alpha: float) -> int | None:
    """The fewest left out with whom the effect is seen four times in five, of half at most."""

    def tells(left: int) -> bool:
        return power_of(customers - left, left, spreads, effect, alpha) >= POWER

    # The power grows up to about half, or to Neyman's share.
    for best in (customers // 2, min(customers // 2, ceil(customers * spreads.neyman_share))):
        if tells(best):
            return bisect_left(range(1, best + 1), True, key=tells) + 1
    return None


def least_left_out(
    customers: int, spreads: Spreads, effect: float, alpha: float = FINAL_ALPHA
) -> int | None:
    """The fewest to be left out so that the effect is seen four times in five; None: too few."""
    enough = _fewest(customers, spreads, effect, alpha)
    if enough is None:
        return None
    return max(enough, LEAST_LEFT_OUT, ceil(customers * LEAST_SHARE))


def smallest_effect_seen(
    got_count: int, left_count: int, spreads: Spreads, alpha: float = FINAL_ALPHA
) -> float:
    """The smallest effect that is seen four times in five, where it spreads nobody further."""
    fewer = max(LEAST_OF_A_SIDE, min(got_count, left_count))
    return spreads.error(got_count, left_count) * (students(1 - alpha / 2, fewer - 1) + _z(POWER))


def smallest_rise_seen(got_count: int, left_count: int, rate: float) -> float:
    """The same of a rate, in thousandths: who buy more often differ from the others less evenly."""

    def is_seen(thousandths: int) -> bool:
        effect = thousandths / 1000
        return power_of(got_count, left_count, spreads_of_rates(rate, effect), effect) >= POWER

    return bisect_left(range(round(1000 * (1 - rate))), True, key=is_seen) / 1000


@dataclass(frozen=True, slots=True)
class Spend:
    """What a customer spent in the window before, on average, and how far they stray from that."""

    mean: float
    spread: float


NO_SPEND = Spend(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many of a list to leave out, and what that can tell."""

    customers: int
    left_out: int
    can_tell: bool
    rate: float
    needed: int
    spend: Spend = NO_SPEND

    @property
    def smallest_effect(self) -> float:
        return smallest_rise_seen(self.customers - self.left_out, self.left_out, self.rate)

    @property
    def smallest_effect_on_spend(self) -> float:
        """The same of money each, in minor units, if they go on straying as they did."""
        spreads = Spreads(self.spend.spread, self.spend.spread)
        return smallest_effect_seen(self.customers - self.left_out, self.left_out, spreads)

    @property
    def can_tell_of_spend(self) -> bool:
        """An act that doubles what a list spends is rare: less than that must show."""
        return 0 < self.smallest_effect_on_spend <= self.spend.mean


LEAST_LIST = 20


def plan_for(customers: int, rate: float, spend: Spend = NO_SPEND) -> Plan | None:
    """The control group for a list of which so many buy anyway; None: no use even with others."""
    if customers < LEAST_LIST:
        return None
    # Nobody and everybody are never certain: one more and one fewer, as Laplace counts.
    rate = (rate * customers + 1) / (customers + 2)
    spreads = spreads_of_rates(rate)
    needed = customers_needed(spreads, WORTH_KNOWING)
    enough = least_left_out(customers, spreads, WORTH_KNOWING)
    if enough is not None:
        return Plan(customers, enough, True, rate, needed, spend)
    adds_up = max(4, round(customers * SHARE_THAT_ADDS_UP))
    return Plan(customers, adds_up, False, rate, needed, spend)
