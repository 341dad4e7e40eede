"""How many must be left out to see whether something helps, and whether a list can carry that."""

from bisect import bisect_left
from dataclasses import dataclass
from math import ceil, floor, sqrt
from statistics import NormalDist

from regulars.verdicts.looks import FINAL_ALPHA

POWER = 0.8
# An effect below this is seldom worth the trouble of a mailing: ten more of a hundred buy.
WORTH_KNOWING = 0.10
# Not fewer, however plain the numbers: this keeps a control group that reflects the list.
LEAST_SHARE, LEAST_LEFT_OUT = 0.05, 10
# Of a list that cannot tell alone; together, many such lists can.
SHARE_THAT_ADDS_UP = 0.10


def _z(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def _z_sum(alpha: float, power: float) -> float:
    return _z(1 - alpha / 2) + _z(power)


@dataclass(frozen=True, slots=True)
class Spreads:
    """Standard deviations of what is measured: of those who get it, and of those left out."""

    got: float
    left: float

    @property
    def neyman_share(self) -> float:
        """The share of those left out with which a list tells most (Neyman 1934)."""
        return self.left / (self.got + self.left) if self.got + self.left else 0.5


def spreads_of_rates(rate: float, effect: float = WORTH_KNOWING) -> Spreads:
    """Of buying or not, where so many buy anyway and the effect comes on top."""
    raised = min(rate + effect, 1.0)
    return Spreads(sqrt(raised * (1 - raised)), sqrt(rate * (1 - rate)))


def power_of(
    got_count: int, left_count: int, spreads: Spreads, effect: float, alpha: float = FINAL_ALPHA
) -> float:
    """How often such an effect would be seen, by the normal approximation."""
    if not got_count or not left_count:
        return 0.0
    error = sqrt(spreads.got**2 / got_count + spreads.left**2 / left_count)
    if not error:
        return 1.0
    return NormalDist().cdf(abs(effect) / error - _z(1 - alpha / 2))


def customers_needed(
    spreads: Spreads, effect: float, *, share: float | None = None, alpha: float = FINAL_ALPHA
) -> int:
    """The smallest list on which such an effect is seen four times in five."""
    left = spreads.neyman_share if share is None else share
    left = min(max(left, 0.01), 0.99)
    variance = spreads.got**2 / (1 - left) + spreads.left**2 / left
    return max(2, ceil(variance * (_z_sum(alpha, POWER) / effect) ** 2))


def least_left_out(
    customers: int, spreads: Spreads, effect: float, alpha: float = FINAL_ALPHA
) -> int | None:
    """The fewest to be left out so that the effect is seen four times in five; None: too few."""
    most = floor(customers * min(0.5, max(spreads.neyman_share, LEAST_SHARE)))
    limit = (effect / _z_sum(alpha, POWER)) ** 2

    def tells(left: int) -> bool:
        return spreads.got**2 / (customers - left) + spreads.left**2 / left <= limit

    # The error falls up to Neyman's share, and rises beyond it.
    best = min(most, ceil(customers * spreads.neyman_share))
    enough = bisect_left(range(1, best + 1), True, key=tells) + 1
    if enough > best:
        return None
    floor_of_it = max(LEAST_LEFT_OUT, ceil(customers * LEAST_SHARE))
    return min(most, max(enough, floor_of_it))


def smallest_effect_seen(
    got_count: int, left_count: int, spreads: Spreads, alpha: float = FINAL_ALPHA
) -> float:
    """The smallest effect that is seen four times in five."""
    error = sqrt(spreads.got**2 / got_count + spreads.left**2 / left_count)
    return error * _z_sum(alpha, POWER)


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
        spreads = spreads_of_rates(self.rate)
        return smallest_effect_seen(self.customers - self.left_out, self.left_out, spreads)

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
