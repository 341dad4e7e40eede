"""Where break-even lies: from costs, margins and seasons to months, weeks, days and orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from regulars.goals.models import FixedCost, ProductGroup
from regulars.goals.volume import (
    Change,
    Line,
    Month,
    Need,
    changed,
    lasts,
    margin_of,
    may_lose,
    need_of,
    shared_out,
)

MONTHS, WEEK = 12, 7
# So far ahead it is said how long money lasts.
FARTHEST = 60
# So many whole months say how much is sold now.
RECENT = 3
LOW, MIDDLE, HIGH = 0, 1, 2
NOTHING = Change()


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that it is told from.

    `weights`: how much of the sales each product group is, by its id. `seasons`: for each calendar
    month, what it is of a year as entered (twelve numbers), or what a day open counts for.
    `open_days` counts those of each month, by its first day. `sold`: net sales of whole and begun
    months.
    """

    today: date
    currency: str
    costs: Sequence[FixedCost]
    groups: Sequence[ProductGroup]
    weights: Mapping[int, Fraction]
    seasons: Sequence[Fraction]
    is_by_day: bool
    open_days: Mapping[date, int]
    sold: Mapping[date, int]
    basket_minor: int | None = None
    cash_minor: int | None = None

    @property
    def this_month(self) -> date:
        return self.today.replace(day=1)

    def weight_of(self, first: date) -> Fraction:
        """How much of a year's sales a month is, in the unit of all of them."""
        season = self.seasons[first.month - 1]
        return season * self.open_days.get(first, 0) if self.is_by_day else season


@dataclass(frozen=True, slots=True)
class Band:
    """The least, the middle and the most of something, as the inputs are ranges or not."""

    low: int
    middle: int
    high: int

    @property
    def is_exact(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class MonthNeed:
    """One month: what has to be paid, what has to be sold, and what was sold a year before."""

    first: date
    open_days: int
    fixed: Band
    need: Band
    year_before_minor: int | None


@dataclass(frozen=True, slots=True)
class OfGroup:
    """One product group at break-even: its part of the sales, what is left of it, and how many."""

    name: str
    share: Fraction
    margin_low: Fraction
    margin_high: Fraction
    need_minor: int
    price_minor: int
    pieces: int | None


@dataclass(frozen=True, slots=True)
class Sold:
    """A month that is over, beside what it would have had to bring at today's costs."""

    first: date
    sold_minor: int
    need_minor: int

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.sold_minor, self.need_minor) if self.need_minor else None


@dataclass(frozen=True, slots=True)
class Runway:
    """Whole months for which money lasts, in the worst, the middle and the best case; None: longer.

    `closed` is without any sales. Months after the one that has begun.
    """

    worst: int | None
    middle: int | None
    best: int | None
    closed: int | None
    is_known: bool


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The answer. `trouble` names why there is none: no_costs, no_groups, nothing_left."""

    trouble: str
    margins: tuple[Fraction, Fraction, Fraction]
    months: Sequence[MonthNeed] = ()
    year: Band = Band(0, 0, 0)
    fixed_year: Band = Band(0, 0, 0)
    month: Band = Band(0, 0, 0)
    week: Band = Band(0, 0, 0)
    day: Band = Band(0, 0, 0)
    orders_a_day: Band | None = None
    groups: Sequence[OfGroup] = ()
    last_month: Sold | None = None
    this_month: Sold | None = None
    dips: Sequence[tuple[int, int]] = ()
    runway: Runway | None = None
    # Of what is sold, how much may stay away before this is worse than now; of what-ifs alone.
    may_lose: Fraction | None = None


def break_even(inputs: Inputs, change: Change = NOTHING) -> BreakEven:
    """Where twelve months from this one pay for themselves, spread over them by the season."""
    by_margin = [_lines(inputs, place, change) for place in (LOW, MIDDLE, HIGH)]
    low, middle, high = (margin_of(lines) for lines in by_margin)
    margins = (low, middle, high)
    firsts = [month_after(inputs.this_month, place) for place in range(MONTHS)]
    # The cheapest costs at the best margin need least, the dearest at the worst most.
    needs = [
        need_of(_months(inputs, firsts, place, change), margins[2 - place])
        for place in (LOW, MIDDLE, HIGH)
    ]
    trouble = _trouble(inputs, needs, change)
    if trouble or not all(needs):
        return BreakEven(trouble or "nothing_left", margins)
    told = [need for need in needs if need is not None]
    months = _month_needs(inputs, firsts, told, change)
    here = months[0]
    days = (month_after(here.first, 1) - here.first).days
    day = _each(here.need, Fraction(1, max(1, here.open_days)))
    return BreakEven(
        "", margins, months,
        year=Band(*(need.year_minor for need in told)),
        fixed_year=Band(*(need.fixed_minor for need in told)),
        month=here.need, week=_each(here.need, Fraction(WEEK, days)), day=day,
        orders_a_day=_orders(day, inputs.basket_minor, by_margin, inputs, change),
        groups=_of_groups(by_margin, here.need.middle),
        last_month=_last(inputs, firsts, told[MIDDLE]),
        this_month=_sold(inputs, here.first, here.need.middle),
        dips=told[MIDDLE].dips, runway=_runway(inputs, margins, change),
        may_lose=may_lose(_lines(inputs, MIDDLE, NOTHING), by_margin[MIDDLE]) if change != NOTHING
        else None,
    )  # fmt: skip


def _trouble(inputs: Inputs, needs: Sequence[Need | None], change: Change) -> str:
    if not inputs.groups:
        return "no_groups"
    if any(need is None for need in needs):
        return "nothing_left"
    if not inputs.costs and not change.fixed_minor:
        return "no_costs"
    return ""


def _lines(inputs: Inputs, place: int, change: Change) -> list[Line]:
    """The product groups at the worst, the middle or the best of their margins."""
    lines = []
    for group in inputs.groups:
        worst, best = group.margins
        margin = (worst, (worst + best) / 2, best)[place]
        weight = inputs.weights.get(group.pk, Fraction(0))
        lines.append(Line(str(group.pk), margin, weight, group.price_minor or 0))
    return changed(lines, change)


def _months(inputs: Inputs, firsts: Sequence[date], place: int, change: Change) -> list[Month]:
    return [
        Month(
            max(0, _fixed(inputs, first, place) + change.fixed_minor), inputs.weight_of(first),
            _steps(inputs, first, place),
        )
        for first in firsts
    ]  # fmt: skip


def _fixed(inputs: Inputs, first: date, place: int) -> int:
    """What a month costs in any case; each month is rounded to the minor unit once."""
    paid = [cost.in_month(first) for cost in inputs.costs if cost.above_minor is None]
    return _whole(sum((_at(one, place) for one in paid), Fraction(0)))


def _steps(inputs: Inputs, first: date, place: int) -> tuple[tuple[int, int], ...]:
    return tuple(
        (cost.above_minor, _whole(_at(cost.in_month(first), place)))
        for cost in inputs.costs
        if cost.above_minor is not None and any(cost.in_month(first))
    )


def _at(amounts: tuple[Fraction, Fraction], place: int) -> Fraction:
    low, high = amounts
    return (low, (low + high) / 2, high)[place]


def _whole(amount: Fraction) -> int:
    """Half up."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def _month_needs(
    inputs: Inputs, firsts: Sequence[date], needs: Sequence[Need], change: Change
) -> list[MonthNeed]:
    found = []
    for place, first in enumerate(firsts):
        need = Band(*(one.months_minor[place] for one in needs))
        amounts = zip((LOW, MIDDLE, HIGH), (need.low, need.middle, need.high), strict=True)
        fixed = Band(*(_paid(inputs, first, at, sold, change) for at, sold in amounts))
        before = inputs.sold.get(month_after(first, -MONTHS))
        found.append(MonthNeed(first, inputs.open_days.get(first, 0), fixed, need, before))
    return found


def _paid(inputs: Inputs, first: date, place: int, sold_minor: int, change: Change) -> int:
    """The fixed costs of a month that sells for so much, with the steps that it passes."""
    steps = sum(cost for above, cost in _steps(inputs, first, place) if sold_minor > above)
    return max(0, _fixed(inputs, first, place) + change.fixed_minor) + steps


def _each(band: Band, share: Fraction) -> Band:
    return Band(*(ceil(one * share) for one in (band.low, band.middle, band.high)))


def _orders(
    day: Band, basket_minor: int | None, by_margin: Sequence[Sequence[Line]], inputs: Inputs,
    change: Change,
) -> Band | None:  # fmt: skip
    """Whole orders a day; a dearer price makes the average order dearer."""
    if not basket_minor:
        return None
    before = sum((line.weight for line in _lines(inputs, MIDDLE, NOTHING)), Fraction(0))
    after = sum((line.weight for line in by_margin[MIDDLE]), Fraction(0))
    dearer = after / before if before and not change.mix else Fraction(1)
    return _each(day, 1 / (basket_minor * dearer))


def _of_groups(by_margin: Sequence[Sequence[Line]], need_minor: int) -> list[OfGroup]:
    low, middle, high = by_margin
    total = sum((line.weight for line in middle), Fraction(0)) or Fraction(1)
    parts = shared_out(need_minor, [line.weight for line in middle])
    return [
        OfGroup(
            line.name, line.weight / total, worst.margin, best.margin, part, line.price_minor,
            -(-part // line.price_minor) if line.price_minor else None,
        )
        for line, worst, best, part in zip(middle, low, high, parts, strict=True)
    ]  # fmt: skip


def _last(inputs: Inputs, firsts: Sequence[date], need: Need) -> Sold | None:
    """The last month that is over, beside its part of a year at today's costs."""
    first = month_after(inputs.this_month, -1)
    total = sum((inputs.weight_of(one) for one in firsts), Fraction(0))
    share = inputs.weight_of(first) / total if total else Fraction(0)
    return _sold(inputs, first, ceil(need.year_minor * share))


def _sold(inputs: Inputs, first: date, need_minor: int) -> Sold | None:
    sold = inputs.sold.get(first)
    return None if sold is None else Sold(first, sold, need_minor)


def _runway(inputs: Inputs, margins: Sequence[Fraction], change: Change) -> Runway | None:
    """How long money lasts, sales going on as in the last whole months and by the season."""
    if inputs.cash_minor is None:
        return None
    months = [month_after(inputs.this_month, place) for place in range(1, FARTHEST + 1)]
    recent = [month_after(inputs.this_month, -place) for place in range(1, RECENT + 1)]
    known = [first for first in recent if first in inputs.sold]
    weight = sum((inputs.weight_of(first) for first in known), Fraction(0))
    level = sum(inputs.sold[first] for first in known) / weight if weight else Fraction(0)

    def results(place: int, margin: Fraction, level: Fraction) -> list[int]:
        told = []
        for first in months:
            sold = int(level * inputs.weight_of(first))
            told.append(_whole(margin * sold) - _paid(inputs, first, place, sold, change))
        return told

    low, middle, high = margins
    return Runway(
        worst=lasts(inputs.cash_minor, results(HIGH, low, level)),
        middle=lasts(inputs.cash_minor, results(MIDDLE, middle, level)),
        best=lasts(inputs.cash_minor, results(LOW, high, level)),
        closed=lasts(inputs.cash_minor, results(MIDDLE, middle, Fraction(0))),
        is_known=bool(known),
    )


def month_after(month: date, months: int) -> date:
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def last_of(first: date) -> date:
    return month_after(first, 1) - timedelta(days=1)
