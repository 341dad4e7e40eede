"""What has to be sold so that nothing is lost: cost, volume and profit, in exact arithmetic.

Of each unit of sales a share is left once what it costs is paid (the contribution margin ratio);
fixed costs are paid from it. Break-even is where both are alike: fixed costs / ratio. Of several
products the ratio is the mean of theirs, weighted by their shares of the sales (Horngren, Datar and
Rajan, Cost Accounting, chapter "Cost-Volume-Profit Analysis"; Drury, Management and Cost
Accounting, the same). Money is whole minor units; shares are fractions; nothing is a float.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil


@dataclass(frozen=True, slots=True)
class Line:
    """One product group: the share of the sales that is left of it, and how much of them it is.

    `margin` is 0 to 1, below nought where it costs more than it brings; `weight` is its part of
    the sales in any unit; `price_minor` is nought where no price is known.
    """

    name: str
    margin: Fraction
    weight: Fraction
    price_minor: int = 0


@dataclass(frozen=True, slots=True)
class Month:
    """A month: what is paid in any case, its part of a year's sales, and costs that come in steps.

    `steps` are (sales of the month above which it comes in, what it then costs).
    """

    fixed_minor: int
    weight: Fraction
    steps: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Need:
    """What twelve months have to bring: the least sales at which nothing is lost.

    `months_minor` add up to it. `fixed_minor` is what is paid at those sales, steps included.
    `dips` are stretches of a year's sales further up in which a step makes a loss again.
    """

    year_minor: int
    fixed_minor: int
    months_minor: tuple[int, ...]
    dips: tuple[tuple[int, int], ...] = ()


def margin_of(lines: Sequence[Line]) -> Fraction:
    """What is left of a unit of sales at this mix; nought where nothing is sold."""
    total = sum((line.weight for line in lines), Fraction(0))
    if total <= 0:
        return Fraction(0)
    return sum((line.margin * line.weight for line in lines), Fraction(0)) / total


def need_of(months: Sequence[Month], margin: Fraction) -> Need | None:
    """The least sales of these months at which what is left pays what is fixed; None for never.

    Steps make fixed costs jump where a month passes a bound, so each stretch between two jumps is
    solved by itself: fixed / margin counts where it lies within its stretch. Only the last cent is
    rounded, upwards.
    """
    if margin <= 0:
        return None
    total = sum((month.weight for month in months), Fraction(0))
    shares = [month.weight / total if total > 0 else Fraction(0) for month in months]
    jumps = _jumps(months, shares)
    paid = sum(month.fixed_minor for month in months)
    year, place = ceil(Fraction(paid) / margin), 0
    while place < len(jumps) and year > jumps[place][0]:
        paid += jumps[place][1]
        year = ceil(Fraction(paid) / margin)
        place += 1
    return Need(year, paid, shared_out(year, shares), _dips(jumps[place:], paid, margin))


def _jumps(months: Sequence[Month], shares: Sequence[Fraction]) -> list[tuple[int, int]]:
    """Above which sales of all months, in whole minor units, which cost comes in; lowest first."""
    found: dict[int, int] = {}
    for month, share in zip(months, shares, strict=True):
        for above, cost in month.steps:
            if share > 0:
                bound = int(above / share)
                found[bound] = found.get(bound, 0) + cost
    return sorted(found.items())


def _dips(
    jumps: Sequence[tuple[int, int]], paid: int, margin: Fraction
) -> tuple[tuple[int, int], ...]:
    """Where sales above the break-even lose again, because the next step is not earned yet."""
    dips: list[tuple[int, int]] = []
    for place, (low, cost) in enumerate(jumps):
        paid += cost
        need = ceil(Fraction(paid) / margin)
        high = min(need, jumps[place + 1][0]) if place + 1 < len(jumps) else need
        if need <= low:
            continue
        if dips and dips[-1][1] >= low:
            dips[-1] = dips[-1][0], high
        else:
            dips.append((low, high))
    return tuple(dips)


def shared_out(total_minor: int, weights: Sequence[Fraction | int]) -> tuple[int, ...]:
    """Split an amount by weights so that the parts add up to it exactly.

    By the largest remainder (Hamilton's method): each gets the whole part of its share, and what is
    left goes, one each, to those of whom most was cut off; among equals to the first.
    """
    whole = sum((Fraction(one) for one in weights), Fraction(0))
    if not weights:
        return ()
    if whole <= 0:
        weights, whole = [1] * len(weights), Fraction(len(weights))
    sign = -1 if total_minor < 0 else 1
    exact = [abs(total_minor) * Fraction(one) / whole for one in weights]
    parts = [int(one) for one in exact]
    left = abs(total_minor) - sum(parts)
    most = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in most[:left]:
        parts[place] += 1
    return tuple(sign * one for one in parts)


@dataclass(frozen=True, slots=True)
class Change:
    """A what-if: prices and what things cost by so many hundredths of a per cent, and the mix.

    `only` names the one product group whose price and cost change; empty for all. `mix` gives
    groups another weight. `fixed_minor` comes on top of a month's fixed costs.
    """

    price_bp: int = 0
    cost_bp: int = 0
    fixed_minor: int = 0
    only: str = ""
    mix: tuple[tuple[str, int], ...] = ()


WHOLE_BP = 10_000


def changed(lines: Sequence[Line], change: Change) -> list[Line]:
    """The product groups as they would be.

    As many are sold as before: at a higher price a group is more of the sales. Of a price of 1, the
    cost is 1 - margin; afterwards (1 - margin) (1 + cost) / (1 + price).
    """
    weights = dict(change.mix)
    return [_changed(line, change, weights) for line in lines]


def _changed(line: Line, change: Change, weights: dict[str, int]) -> Line:
    weight = Fraction(weights.get(line.name, line.weight))
    if change.only not in ("", line.name):
        return Line(line.name, line.margin, weight, line.price_minor)
    price = 1 + Fraction(change.price_bp, WHOLE_BP)
    cost = (1 - line.margin) * (1 + Fraction(change.cost_bp, WHOLE_BP))
    told = line.name not in weights
    return Line(
        line.name, 1 - cost / price, weight * price if told else weight,
        round(line.price_minor * price),
    )  # fmt: skip


def may_lose(before: Sequence[Line], after: Sequence[Line]) -> Fraction | None:
    """Of what is sold, the share that may be lost before a dearer price brings less than now.

    1 - (left of each sale now) / (left of it then), both per unit sold (the break-even sales change
    of Nagle and Holden, The Strategy and Tactics of Pricing). Below nought where more has to be
    sold; None where nothing is left of a sale then.
    """
    now = sum((line.margin * line.weight for line in before), Fraction(0))
    then = sum((line.margin * line.weight for line in after), Fraction(0))
    return None if then <= 0 else 1 - now / then


def lasts(cash_minor: int, results_minor: Sequence[int]) -> int | None:
    """How many whole months money lasts at these results; None where it outlasts them."""
    for place, result in enumerate(results_minor):
        cash_minor += result
        if cash_minor < 0:
            return place
    return None
