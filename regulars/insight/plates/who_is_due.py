"""Who is due and who is overdue, by when their own rhythm expects them."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.templatetags.look import number
from regulars.insight.charts.shapes import Bar, bars
from regulars.insight.charts.sheet import Chart
from regulars.insight.models import KeptFigure
from regulars.insight.plates.plate import Cell, Plate, Scope, Table, customers_where, day_of

Row = dict[str, Any]


def dues(kept: KeptFigure, scope: Scope) -> Plate:
    title, means = _("Who is expected, and who is late"), _(
        "Each customer's own rhythm says when they are due; days on which we were closed do not"
        " count. Whoever lapsed or is lost is no longer waited for. Slipping: quiet for longer than"
        " 8 in 10 of their gaps. The money is what a year of them is worth when they keep their"
        " rhythm."
    )  # fmt: skip
    if not kept.rows:
        return Plate(title, _("Nobody has bought yet, so nobody is expected."), means)
    soon = sum(row["customers"] for row in kept.rows if 0 <= _days(row, scope) <= 6)
    late = [row for row in kept.rows if _days(row, scope) < 0]
    says = ngettext(
        "%(soon)s customer is expected within seven days.",
        "%(soon)s customers are expected within seven days.",
        soon,
    ) % {"soon": number(soon)}
    says += " " + _late_words(late, scope)
    shown = [
        Bar(_short(row, scope), row["customers"], _said(row, scope), _look(row, scope))
        for row in kept.rows
    ]
    heads = [
        (_("Expected"), False), (_("Customers"), True), (_("of them slipping"), True),
        (_("What a year of them is worth"), True),
    ]  # fmt: skip
    return Plate(
        title, says, means, Chart.drawn(lambda width: bars(width, shown, number)),
        Table(heads, [_line(row, scope) for row in kept.rows], is_open=True),
        _("Every customer is counted once. A due day is a middle: half of the gaps are longer."),
    )  # fmt: skip


def _days(row: Row, scope: Scope) -> int:
    """Days from the day counted to until the last day of a stretch."""
    return (day_of(row["to_on"]) - scope.as_of).days


def _late_words(late: list[Row], scope: Scope) -> str:
    count = sum(row["customers"] for row in late)
    if not count:
        return _("Nobody is past their due day.")
    worth = scope.money(sum(row["stake_minor"] for row in late))
    return ngettext(
        "%(count)s is past the due day; a year of them is worth %(worth)s.",
        "%(count)s are past their due day; a year of them is worth %(worth)s together.",
        count,
    ) % {"count": number(count), "worth": worth}


def _look(row: Row, scope: Scope) -> str:
    return "fill-3" if _days(row, scope) < 0 else "fill-1"


def _short(row: Row, scope: Scope) -> str:
    """The stretch under its bar: days from today, late ones with a minus."""
    last = _days(row, scope)
    if row["from_on"] is None:
        return _("< %(days)s") % {"days": last}
    first = (day_of(row["from_on"]) - scope.as_of).days
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def _stretch(row: Row, scope: Scope) -> str:
    last = _days(row, scope)
    if row["from_on"] is None:
        return _("more than %(days)s days ago") % {"days": -last - 1}
    first = (day_of(row["from_on"]) - scope.as_of).days
    if last < 0:
        return _("%(last)s to %(first)s days ago") % {"last": -last, "first": -first}
    if first == 0:
        return _("within seven days")
    return _("in %(first)s to %(last)s days") % {"first": first, "last": last}


def _said(row: Row, scope: Scope) -> str:
    return ngettext(
        "%(count)s customer, %(when)s", "%(count)s customers, %(when)s", row["customers"]
    ) % {"count": number(row["customers"]), "when": _stretch(row, scope)}


def _line(row: Row, scope: Scope) -> list[Cell]:
    waited = {"field": "insight.tier", "is": "none_of", "value": ["lapsed", "lost"]}
    due = _due_between(row)
    slipping = {"field": "insight.tier", "is": "is", "value": "slipping"}
    everybody = customers_where(due, waited, by="-insight.stake")
    late = customers_where(due, slipping, by="-insight.stake")
    return [
        Cell(_stretch(row, scope)), Cell(number(row["customers"]), everybody),
        Cell(number(row["slipping"]), late) if row["slipping"] else Cell("0"),
        Cell(scope.money(row["stake_minor"]), everybody),
    ]  # fmt: skip


def _due_between(row: Row) -> dict[str, Any]:
    if row["from_on"] is None:
        return {"field": "insight.due_on", "is": "until", "value": row["to_on"]}
    return {"field": "insight.due_on", "is": "between", "value": [row["from_on"], row["to_on"]]}
