"""What to expect: purchases and money ahead, with their bands; and how much hangs on how few."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.templatetags.look import number, percent
from regulars.insight.charts.shapes import Reach, reaches
from regulars.insight.charts.sheet import Chart, Sheet
from regulars.insight.models import KeptFigure
from regulars.insight.plates.plate import (
    Cell,
    Plate,
    Scope,
    Table,
    bought_between,
    customers_where,
)

Row = dict[str, Any]
# The share of the money of which it is said on how many it hangs.
HANGING = 0.4
LEAST_BUYERS = 5


def ahead(kept: KeptFigure, scope: Scope) -> Plate:
    title, means = _("What customers we have will bring"), _(
        "From those who have bought before: how often, how long ago, and how many like them"
        " stopped. Newcomers come on top, and nobody can count them yet. The band holds what"
        " comes 19 times in 20, if things go on as they did; a new oven or a closed road is not"
        " in it. Days closed"
        " that you have noted are taken off."
    )  # fmt: skip
    told = [row for row in kept.rows if row["purchases"] is not None]
    if not told:
        says = _(
            "Too few to tell: it takes about fifty customers who have come again, and a pattern in"
            " how they do. Until then each customer's own page says what to expect of them."
        )
        return Plate(title, says, means)
    quarter = told[min(1, len(told) - 1)]
    says = _("In the next %(days)s days about %(money)s, between %(low)s and %(high)s.") % {
        "days": quarter["days"], "money": scope.money(quarter["spend_minor"]),
        "low": scope.money(quarter["spend_low_minor"]),
        "high": scope.money(quarter["spend_high_minor"]),
    }  # fmt: skip
    drawn = [_reach(row, scope) for row in told]
    heads = [
        (_("In the next"), False), (_("Purchases"), True), (_("19 times in 20 between"), True),
        (_("Money"), True), (_("19 times in 20 between"), True),
        (_("As many days before brought"), True),
    ]  # fmt: skip
    table = Table(heads, [_line(row, scope) for row in told])
    sure = _(
        "Rings: what as many days before today brought from those who had bought before them, so"
        " that like stands beside like."
    )
    chart = Chart.drawn(lambda width: reaches(width, drawn))
    return Plate(title, says, means, chart, table, f"{sure} {_proved(told)}".strip())


def _proved(rows: list[Row]) -> str:
    """What the same would have said a quarter ago, and what came: so everyone can judge it."""
    row = next((one for one in rows if one["then_purchases"] is not None), None)
    if row is None:
        return ""
    low, high, came = round(row["then_low"]), round(row["then_high"]), row["before_purchases"]
    words = (
        _("Asked %(days)s days ago, it would have said %(low)s to %(high)s purchases; %(came)s"
          " came.")
        if low <= came <= high
        else _("Asked %(days)s days ago, it would have said %(low)s to %(high)s purchases; %(came)s"
               " came. Things went otherwise than before, so take today's numbers with care.")
    )  # fmt: skip
    return words % {
        "days": row["days"], "low": number(low), "high": number(high), "came": number(came),
    }  # fmt: skip


def _reach(row: Row, scope: Scope) -> Reach:
    words = _("%(low)s to %(high)s") % {
        "low": scope.money(row["spend_low_minor"]), "high": scope.money(row["spend_high_minor"]),
    }  # fmt: skip
    return Reach(
        _("%(days)s days: %(money)s") % {
            "days": row["days"], "money": scope.money(row["spend_minor"]),
        },
        row["spend_minor"], row["spend_low_minor"], row["spend_high_minor"], words,
        beside=row["before_spend_minor"],
    )  # fmt: skip


def _line(row: Row, scope: Scope) -> list[Cell]:
    known = {"field": "insight.purchase_count", "is": "at_least", "value": 1}
    before = row["before_spend_minor"]
    bands = [
        _("%(low)s and %(high)s") % {"low": low, "high": high}
        for low, high in (
            (number(round(row["low"])), number(round(row["high"]))),
            (scope.money(row["spend_low_minor"]), scope.money(row["spend_high_minor"])),
        )
    ]
    return [
        Cell(_("%(days)s days") % {"days": row["days"]}),
        Cell(number(round(row["purchases"])), customers_where(known, by="-insight.stake")),
        Cell(bands[0]), Cell(scope.money(row["spend_minor"])), Cell(bands[1]),
        Cell(_("not known")) if before is None else _who_came(row, scope),
    ]  # fmt: skip


def _who_came(row: Row, scope: Scope) -> Cell:
    """Those who brought it: they had bought before those days, and did again in them."""
    after = scope.as_of - timedelta(days=row["days"])
    known = {"field": "insight.first_on", "is": "until", "value": after.isoformat()}
    came = bought_between(after + timedelta(days=1), scope.as_of)
    said = ngettext("from %(count)s customer", "from %(count)s customers", row["before_customers"])
    return Cell(
        scope.money(row["before_spend_minor"]), customers_where(known, came),
        said=said % {"count": number(row["before_customers"])},
    )  # fmt: skip


def concentration(kept: KeptFigure, scope: Scope) -> Plate:
    title, means = _("How much hangs on how few"), _(
        "Everyone who spent something in the last 365 days, the biggest first, and what share of"
        " the money they bring together. A name that is no person (“cash sale”) is left out."
    )  # fmt: skip
    rows = kept.rows
    if not rows or rows[-1]["buyers"] < LEAST_BUYERS:
        return Plate(title, _("Too few have bought within twelve months to say."), means)
    total = rows[0]["total_minor"]
    points = [(row["customers"], row["spend_minor"] / total) for row in rows]
    few, share = next(point for point in points if point[1] >= HANGING)
    says = ngettext(
        "%(share)s of what we sell by name hangs on %(few)s customer.",
        "%(share)s of what we sell by name hangs on %(few)s customers.",
        few,
    ) % {"share": percent(share), "few": number(few)}
    heads = [(_("The biggest"), False), (_("Together"), True), (_("Share of the money"), True)]
    listed = [points[place] for place in _places(len(points))]
    by_count = {row["customers"]: row for row in rows}
    table = Table(heads, [
        _biggest(by_count[count], scope) for count, _part in sorted({*listed, (few, share)})
    ])  # fmt: skip
    chart = Chart.drawn(lambda width: _hanging(width, points, (few, share)))
    return Plate(title, says, means, chart, table)


def _biggest(row: Row, scope: Scope) -> list[Cell]:
    href, said = the_biggest(row["least_minor"]), ""
    if row["alike"] > row["customers"]:
        said = _("%(count)s with all who spent as much as the last of them") % {
            "count": number(row["alike"]),
        }  # fmt: skip
    return [
        Cell(number(row["customers"]), href, said=said),
        Cell(scope.money(row["spend_minor"]), href),
        Cell(percent(row["spend_minor"] / row["total_minor"])),
    ]


def the_biggest(least_minor: int) -> str:
    """The list of those who spent so much in twelve months, the biggest first."""
    some = {"field": "insight.year_spend", "is": "at_least", "value": least_minor}
    a_person = {"field": "insight.crowd_sales", "is": "at_most", "value": 0}
    return customers_where(some, a_person, by="-insight.year_spend")


def _places(count: int) -> list[int]:
    return sorted({round(place * (count - 1) / 8) for place in range(9)})


def _hanging(width: float, points: list[tuple[int, float]], few: tuple[int, float]) -> Sheet:
    height = 300.0 if width > 500 else 250.0
    left, right, top, floor = 52.0, width - 8, 14.0, height - 30
    sheet = Sheet(width, height)
    buyers = points[-1][0]

    def at(count: float, share: float) -> tuple[float, float]:
        return left + (right - left) * count / buyers, floor - (floor - top) * min(1.0, share)

    for quarter in range(5):
        y = at(0, quarter / 4)[1]
        sheet.line(left, y, right, y, "grid")
        sheet.text(left - 8, y + 4, percent(quarter / 4), anchor="end")
    before = [at(0, 0), *(at(*point) for point in points if point[0] <= few[0])]
    sheet.through([*before, (before[-1][0], floor)], "area")
    sheet.through([at(0, 0), *(at(*point) for point in points)], "line")
    x, y = at(*few)
    sheet.circle(x, y, 5.5, "dot")
    words = ngettext("%(few)s customer, %(share)s", "%(few)s customers, %(share)s", few[0])
    sheet.text(x + 14, y + 18, words % {"few": number(few[0]), "share": percent(few[1])}, "strong")
    sheet.text(left, floor + 19, "0", anchor="middle")
    sheet.text(right, floor + 19, number(buyers), anchor="end")
    sheet.line(left, floor, right, floor, "axis")
    return sheet
