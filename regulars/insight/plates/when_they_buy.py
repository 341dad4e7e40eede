"""When they buy: months, weekdays, and the season."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.templatetags.look import number, percent
from regulars.insight.charts.shapes import Bar, bars
from regulars.insight.charts.sheet import Chart
from regulars.insight.metrics.trade import YEAR
from regulars.insight.models import KeptFigure
from regulars.insight.plates.plate import (
    Cell,
    Plate,
    Scope,
    Table,
    between,
    booked_between,
    bought_between,
    customers_where,
    day_of,
    days_of,
    month_after,
    month_name,
    month_words,
    weekday_words,
)

Row = dict[str, Any]
MONTHS_SHOWN = 13
# A weekday that we opened so seldom says nothing of that day.
LEAST_OPEN_DAYS = 4


def months(kept: KeptFigure, scope: Scope) -> Plate:
    title, means = _("What each month brought"), _(
        "All orders of customers we know by name: sales, less cancellations and adjustments, in the"
        " month of the order. A purchase is a day with a sale. The sum over all months is that of"
        " the orders, to the last penny; who has left the list since is in the purchases and the"
        " money, and not among the customers."
    )  # fmt: skip
    by_month = {day_of(row["month"]): row for row in kept.rows}
    shown = [row for row in kept.rows if day_of(row["month"]) <= scope.as_of][-MONTHS_SHOWN:]
    if not any(row["purchases"] for row in shown):
        return Plate(title, _("There are no purchases yet to lay out by month."), means)
    drawn = [_month_bar(row, by_month, scope) for row in shown]
    chart = Chart.drawn(lambda width: bars(width, drawn, scope.money))
    heads = [
        (_("Month"), False), (_("Customers"), True), (_("New"), True), (_("Purchases"), True),
        (_("Spent"), True), (_("Open days"), True),
    ]  # fmt: skip
    table = Table(heads, [_month_line(row, scope) for row in reversed(kept.rows[-36:])])
    sure = _("Grey strokes: the same month a year before. The last bar is not over yet.")
    return Plate(title, _months_say(shown, by_month, scope), means, chart, table, sure)


def _month_bar(row: Row, by_month: dict[Any, Row], scope: Scope) -> Bar:
    month = day_of(row["month"])
    before = by_month.get(month_after(month, -12))
    said = _("%(month)s: %(money)s from %(count)s customers") % {
        "month": month_words(month), "money": scope.money(row["spend_minor"]),
        "count": number(row["customers"]),
    }  # fmt: skip
    is_over = days_of(month)[1] <= scope.as_of
    return Bar(
        month_words(month, is_short=True), row["spend_minor"], said,
        "fill-1" if is_over else "fill-2", before["spend_minor"] if before else None,
    )  # fmt: skip


def _months_say(shown: list[Row], by_month: dict[Any, Row], scope: Scope) -> str:
    over = [row for row in shown if days_of(day_of(row["month"]))[1] <= scope.as_of]
    if not over:
        return _("The first month is not over yet.")
    last = over[-1]
    month = day_of(last["month"])
    before = by_month.get(month_after(month, -12))
    places = {"month": month_words(month), "money": scope.money(last["spend_minor"])}
    if before is None or before["spend_minor"] <= 0:
        return _("%(month)s brought %(money)s.") % places
    places["before"] = scope.money(before["spend_minor"])
    return _("%(month)s brought %(money)s; a year before it was %(before)s.") % places


def _month_line(row: Row, scope: Scope) -> list[Cell]:
    first, last = days_of(day_of(row["month"]))
    # Orders of days to come are in the books, and not in the count.
    last = min(last, scope.as_of)
    bought = customers_where(bought_between(first, last))
    return [
        Cell(month_words(first)),
        Cell(number(row["customers"]), bought),
        Cell(number(row["newcomers"]), customers_where(between("insight.first_on", first, last))),
        Cell(number(row["purchases"]), bought),
        Cell(scope.money(row["spend_minor"]), customers_where(booked_between(first, last))),
        Cell(number(row["open_days"])),
    ]  # fmt: skip


def weekdays(kept: KeptFigure, scope: Scope) -> Plate:
    title, means = _("What each weekday brings"), _(
        "The last 365 days: what customers we know by name spent on such a day, over the number of"
        " such days on which we were open. Cancellations and adjustments are taken off on the day"
        " on which they were booked. Who has left the list since is in the purchases and the money,"
        " and not among the customers."
    )  # fmt: skip
    told = [row for row in kept.rows if row["open_days"] >= LEAST_OPEN_DAYS]
    if not any(row["purchases"] for row in told):
        return Plate(title, _("It takes a month of purchases to say which days are strong."), means)
    drawn = [
        Bar(
            weekday_words(row["weekday"], is_short=True), row["spend_minor"] / row["open_days"],
            _said(row, scope),
        )
        for row in told
    ]  # fmt: skip
    best = max(told, key=lambda row: row["spend_minor"] / row["open_days"])
    says = _("%(day)s is the strongest day: %(money)s on an average one.") % {
        "day": weekday_words(best["weekday"]),
        "money": scope.money(best["spend_minor"] / best["open_days"]),
    }  # fmt: skip
    heads = [
        (_("Weekday"), False), (_("Open days"), True), (_("Customers"), True),
        (_("Purchases"), True), (_("Spent"), True), (_("Spent a day"), True),
    ]  # fmt: skip
    table = Table(heads, [_weekday_line(row, scope) for row in kept.rows])
    return Plate(
        title, says, means, Chart.drawn(lambda width: bars(width, drawn, scope.money)), table
    )


def _said(row: Row, scope: Scope) -> str:
    return _("%(day)s: %(money)s a day, over %(count)s days") % {
        "day": weekday_words(row["weekday"]), "count": row["open_days"],
        "money": scope.money(row["spend_minor"] / row["open_days"]),
    }  # fmt: skip


def _weekday_line(row: Row, scope: Scope) -> list[Cell]:
    a_day = row["spend_minor"] / row["open_days"] if row["open_days"] else 0
    year, weekday = (scope.as_of - YEAR + timedelta(days=1), scope.as_of), row["weekday"] + 1
    bought = customers_where(bought_between(*year, weekday=weekday))
    booked = customers_where(booked_between(*year, weekday=weekday))
    return [
        Cell(weekday_words(row["weekday"])), Cell(number(row["open_days"])),
        Cell(number(row.get("customers", 0)), bought), Cell(number(row["purchases"]), bought),
        Cell(scope.money(row["spend_minor"]), booked), Cell(scope.money(a_day), booked),
    ]  # fmt: skip


def season(kept: KeptFigure, _scope: Scope) -> Plate:
    title, means = _("The season"), _(
        "How many purchases an open day of each month brings, beside the average day: 100 % is an"
        " average day. The growth of the business over the years is taken out, and so is what"
        " chance explains. It takes two years of orders."
    )  # fmt: skip
    if not kept.rows or all(row["weight"] == 1 for row in kept.rows):
        says = _(
            "No season shows: either there are not two years of orders yet, or the months differ no"
            " more than by chance. Customers are then expected alike all year."
        )
        return Plate(title, says, means)
    drawn = [
        Bar(
            month_name(row["month"]), row["weight"],
            f"{month_name(row['month'])}: {percent(row['weight'])}", beside=1.0,
        )
        for row in kept.rows
    ]  # fmt: skip
    best = max(kept.rows, key=lambda row: row["weight"])
    least = min(kept.rows, key=lambda row: row["weight"])
    says = _("%(best)s is the busiest month (%(most)s of an average day), %(low)s the quietest"
             " (%(least)s).") % {
        "best": month_name(best["month"]), "most": percent(best["weight"]),
        "low": month_name(least["month"]), "least": percent(least["weight"]),
    }  # fmt: skip
    rows = [[Cell(month_name(row["month"])), Cell(percent(row["weight"]))] for row in kept.rows]
    table = Table([(_("Month"), False), (_("Beside an average day"), True)], rows)
    chart = Chart.drawn(lambda width: bars(width, drawn, percent))
    return Plate(title, says, means, chart, table)
