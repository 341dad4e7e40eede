"""Break-even as a page shows it: rows of words, drawings, tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.templatetags.look import number, percent
from regulars.goals import words
from regulars.goals.drawing import Crossing, crossing_drawn, months_drawn
from regulars.goals.models import FixedCost, ProductGroup, Trade, WhatIf
from regulars.goals.queries.breaking_even import (
    inputs_at,
    season_of_the_books,
    the_basis,
    the_trade,
    told_beside,
    what_ifs,
)
from regulars.goals.reckoning import BreakEven, Inputs, break_even
from regulars.insight.charts.shapes import Bar
from regulars.insight.charts.sheet import Chart
from regulars.insight.plates.plate import month_words
from regulars.team.models import Business

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Beside:
    """One column of the what-ifs: how things are, or how they would be."""

    what_if: WhatIf | None
    name: str
    left: str
    fixed: str
    month: str
    week: str
    orders: str
    says: str


def page_of(business: Business, today: Any) -> dict[str, Any]:
    """Everything on the page of break-even."""
    inputs, trade, basis = inputs_at(business, today), the_trade(), the_basis()
    told = break_even(inputs)
    are_two_years = season_of_the_books() is not None
    return {
        "inputs": inputs, "told": told, "business": business,
        "headline": words.headline(told, inputs), "standing": words.standing(told),
        "so_far": words.so_far(told.this_month, today, inputs.currency),
        "range": "" if told.trouble else words.why_a_range(inputs),
        "dips": words.dip_words(told, inputs.currency),
        "runway": words.runway_words(told.runway, inputs),
        "cash_on": basis.cash_on, "is_cash_stale": words.is_stale(basis.cash_on, today),
        "foreign": words.foreign_words(trade.foreign if trade else {}, inputs.currency),
        "season": words.season_words(basis.season, are_two_years=are_two_years),
        "trade": trade, "is_empty": not inputs.costs and not inputs.groups,
        **input_rows(inputs, trade),
        **({} if told.trouble else _answers(told, inputs)),
        "beside": _beside(told, inputs),
    }  # fmt: skip


def business_of(business: Business, today: Any) -> dict[str, Any]:
    """The way from fixed costs to this month, for the page of goals."""
    inputs = inputs_at(business, today)
    if not inputs.costs and not inputs.groups:
        return {}
    told = break_even(inputs)
    return {
        "headline": words.headline(told, inputs),
        "so_far": words.so_far(told.this_month, today, inputs.currency),
    }


def _answers(told: BreakEven, inputs: Inputs) -> dict[str, Any]:
    return {
        "periods": _periods(told, inputs), "group_rows": _group_rows(told, inputs),
        "has_prices": any(row.price_minor for row in told.groups),
        "months_chart": _months_chart(told, inputs), "months_says": _months_says(told, inputs),
        "month_rows": _month_rows(told, inputs), "crossing": _crossing(told, inputs),
        "crossing_says": _crossing_says(told, inputs),
    }  # fmt: skip


def _periods(told: BreakEven, inputs: Inputs) -> list[Cells]:
    currency = inputs.currency
    basket = inputs.basket_minor
    of_day = told.orders_a_day
    rows = [
        (_("A day open"), told.day), (_("A week"), told.week), (_("This month"), told.month),
        (_("Twelve months"), told.year),
    ]  # fmt: skip
    found: list[Cells] = []
    for name, band in rows:
        orders = words.count_words(of_day) if of_day and band == told.day else ""
        if of_day and basket and band != told.day:
            orders = number(-(-band.middle // basket))
        found.append((name, words.band_words(band, currency), orders))
    return found


def _group_rows(told: BreakEven, inputs: Inputs) -> list[Cells]:
    names = words.group_names(inputs.groups)
    return [
        (
            names[row.name], percent(float(row.share)),
            words.margin_words(row.margin_low, row.margin_high),
            words.exact(row.need_minor, inputs.currency),
            words.exact(row.price_minor, inputs.currency) if row.price_minor else "",
            number(row.pieces) if row.pieces is not None else "",
        )
        for row in told.groups
    ]  # fmt: skip


def _money(inputs: Inputs) -> Any:
    return lambda minor: words.amount(round(minor), inputs.currency)


def _months_chart(told: BreakEven, inputs: Inputs) -> Chart:
    has_books = any(month.year_before_minor is not None for month in told.months)
    rows = []
    for month in told.months:
        sold, need = month.year_before_minor, month.need.middle
        places = {
            "month": month_words(month.first), "need": words.amount(need, inputs.currency),
            "sold": words.amount(sold or 0, inputs.currency),
        }  # fmt: skip
        said = _("%(month)s needs %(need)s") % places
        if sold is not None:
            said = _("%(month)s needs %(need)s; a year before it brought %(sold)s") % places
        value = (sold or 0) if has_books else need
        rows.append(
            Bar(month_words(month.first, is_short=True), value, said,
                beside=need if has_books else None)
        )  # fmt: skip
    return months_drawn(rows, _money(inputs))


def _months_says(told: BreakEven, inputs: Inputs) -> str:
    known = [month for month in told.months if month.year_before_minor is not None]
    if not known:
        return _("What each month has to bring, by its days open and by the season.")
    enough = sum(1 for one in known if (one.year_before_minor or 0) >= one.need.middle)
    return _(
        "The bars are what the same month brought a year before, the strokes what it has to bring"
        " now: in %(enough)s of %(known)s months that was enough."
    ) % {"enough": number(enough), "known": number(len(known))}


def _month_rows(told: BreakEven, inputs: Inputs) -> list[Cells]:
    currency = inputs.currency
    return [
        (
            month_words(month.first), number(month.open_days),
            words.exact(month.fixed.middle, currency),
            words.exact(month.need.middle, currency) if month.need.is_exact
            else words.band_words(month.need, currency),
            "" if month.year_before_minor is None
            else words.exact(month.year_before_minor, currency),
        )
        for month in told.months
    ]  # fmt: skip


def _crossing(told: BreakEven, inputs: Inputs) -> Chart:
    currency, last = inputs.currency, told.last_month
    # A month as the year has it on average: of a single one the season would hide the crossing.
    need, fixed = told.year.middle / 12, told.fixed_year.middle / 12
    return crossing_drawn(
        Crossing(
            need, fixed, float(told.margins[1]), last.sold_minor if last else None,
            _("what is sold"), _("what it costs"), words.amount(round(need), currency),
            month_words(last.first) if last else "",
        ),
        _money(inputs),
    )  # fmt: skip


def _crossing_says(told: BreakEven, inputs: Inputs) -> str:
    currency = inputs.currency
    return _(
        "Of each 100 that are sold, %(left)s are left once the goods are paid. %(fixed)s of fixed"
        " costs a month take %(need)s of sales, on the average of the year."
    ) % {
        "left": number(round(float(told.margins[1]) * 100, 1)),
        "fixed": words.amount(round(Fraction(told.fixed_year.middle, 12)), currency),
        "need": words.amount(round(Fraction(told.year.middle, 12)), currency),
    }  # fmt: skip


def _beside(now: BreakEven, inputs: Inputs) -> list[Beside]:
    kept = what_ifs()
    if not kept:
        return []
    return [
        _column(None, now, now, inputs),
        *(_column(one, told, now, inputs) for one, told in told_beside(inputs, kept)),
    ]


def _column(what_if: WhatIf | None, told: BreakEven, now: BreakEven, inputs: Inputs) -> Beside:
    currency = inputs.currency
    name = what_if.name if what_if else _("As it is")
    left = words.margin_words(told.margins[0], told.margins[2])
    if told.trouble:
        return Beside(what_if, name, left, "", "", "", "", words.trouble_words(told, inputs))
    return Beside(
        what_if, name, left, words.band_words(told.months[0].fixed, currency),
        words.band_words(told.month, currency), words.band_words(told.week, currency),
        words.count_words(told.orders_a_day) if told.orders_a_day else "",
        words.beside_words(told, now, inputs) if what_if else "",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CostRow:
    row: FixedCost
    amount: str
    when: str
    step: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    row: ProductGroup
    left: str
    weight: str
    is_lost: bool


def input_rows(inputs: Inputs, trade: Trade | None) -> dict[str, Any]:
    """Costs and groups in words, and what a month of them comes to."""
    currency = inputs.currency
    total = sum(inputs.weights.values()) or Fraction(1)
    costs = [
        CostRow(
            one,
            _("%(amount)s %(every)s")
            % {
                "amount": words.cost_words(one.low_minor, one.high_minor, currency),
                "every": one.get_every_display(),
            },
            words.when_words(one.from_on, one.until_on),
            ""
            if one.above_minor is None
            else _("only in months above %(above)s")
            % {"above": words.amount(one.above_minor, currency)},
        )
        for one in inputs.costs
    ]
    groups = [
        GroupRow(
            one, words.margin_words(*one.margins),
            percent(float(inputs.weights.get(one.pk, Fraction(0)) / total)), one.margins[0] <= 0,
        )
        for one in inputs.groups
    ]  # fmt: skip
    return {"cost_rows": costs, "mix_rows": groups, "mix_from": mix_words(inputs, trade)}


def mix_words(inputs: Inputs, trade: Trade | None) -> str:
    """From where it is known how much of the sales each group is."""
    if not inputs.groups:
        return ""
    if all(group.weight is not None for group in inputs.groups):
        return _("How much of the sales each group is, you have entered.")
    sold = trade.groups if trade else {}
    if any(sold.get(str(group.pk)) for group in inputs.groups if group.weight is None):
        return _("How much of the sales each group is, the orders of twelve months say.")
    return _("How much of the sales each group is, nobody knows yet: they count alike.")
