"""Week by week beside the baseline: what came, and what would have come had nothing happened."""

from datetime import date, timedelta
from typing import Any

from babel.dates import format_date, format_skeleton
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from regulars.core.templatetags.look import day_words, number
from regulars.insight.baseline import (
    LEAST_CUSTOMERS,
    LEAST_WEEKS,
    is_out_of_the_ordinary,
)
from regulars.insight.charts.sheet import Chart
from regulars.insight.charts.weeks import WeekPoint, weeks_line
from regulars.insight.models import KeptFigure
from regulars.insight.plates.plate import (
    Cell,
    Plate,
    Scope,
    Table,
    booked_between,
    bought_between,
    customers_where,
    day_of,
)

Row = dict[str, Any]
# So many weeks before the first that is asked about are drawn.
DRAWN_BEFORE = 10
LISTED_BEFORE = 52


def baseline(kept: KeptFigure, scope: Scope) -> Plate:
    title, means = _("Week by week, beside the time before"), _(
        "Weeks of seven days that end with the last whole day that the books know. Money is all"
        " orders of customers we know by name, less cancellations and adjustments; customers are"
        " those who bought in the week. The dashed line is what would have come had nothing"
        " happened, told from the weeks before alone: their level, where it was going, the season"
        " as far as the books go back, and how far one week strays from the next. Earlier"
        " disruptions and weeks mostly closed are left out. The band holds 8 weeks in 10. Who has"
        " left the list since is counted here, and not in the list that a number opens."
    )  # fmt: skip
    if not kept.rows:
        return Plate(
            title, _("It takes a whole week of orders to draw the first stroke here."), means
        )
    drawn = shown(kept.rows)
    points = [_point(row, scope) for row in drawn]
    chart = Chart.drawn(
        lambda width: weeks_line(width, points if width > 500 else points[-20:], scope.money,
                                 _("closed"))
    )  # fmt: skip
    table = Table(_heads(), [_line(row, scope) for row in reversed(listed(kept.rows))])
    sure = "" if told(kept.rows) is None else _("The band holds 8 weeks in 10.")
    return Plate(title, says(kept.rows, scope), means, chart, table, sure)


def told(rows: list[Row]) -> Row | None:
    """The last week of which it is told what would have been."""
    last = rows[-1] if rows else None
    return last if last and last["spend_expected_minor"] is not None else None


def shown(rows: list[Row]) -> list[Row]:
    first = next((place for place, row in enumerate(rows) if row["state"] == "since"), len(rows))
    return rows[max(0, first - DRAWN_BEFORE) :]


def listed(rows: list[Row]) -> list[Row]:
    first = next((place for place, row in enumerate(rows) if row["state"] == "since"), len(rows))
    return rows[max(0, first - LISTED_BEFORE) :]


def says(rows: list[Row], scope: Scope) -> str:
    """The last weeks beside the baseline, in a sentence."""
    last = told(rows)
    if last is None:
        return _(
            "Too few to tell what these weeks would have been: it takes %(weeks)s ordinary weeks"
            " before, with %(customers)s customers and more in most of them."
        ) % {"weeks": LEAST_WEEKS, "customers": LEAST_CUSTOMERS}
    places = {
        "weeks": number(last["four_weeks"]), "came": scope.money(last["four_spend_minor"]),
        "low": scope.money(last["four_spend_low_minor"]),
        "high": scope.money(last["four_spend_high_minor"]),
    }  # fmt: skip
    brought = (
        ngettext(
            "The last week brought %(came)s; had nothing happened, between %(low)s and %(high)s"
            " would have come.",
            "The last %(weeks)s weeks brought %(came)s; had nothing happened, between %(low)s and"
            " %(high)s would have come.",
            last["four_weeks"],
        )
        % places
    )
    return f"{brought} {_verdict(last)}"


def _verdict(last: Row) -> str:
    if is_out_of_the_ordinary(last):
        return _("That is less than chance explains.")
    if last["four_spend_minor"] < last["four_spend_low_minor"]:
        return _("That is low; chance alone is seldom so low.")
    if last["four_spend_minor"] > last["four_spend_high_minor"]:
        return _("That is more than is usual.")
    return _("That is within the usual.")


def _point(row: Row, scope: Scope) -> WeekPoint:
    to_on = day_of(row["to_on"])
    places = {"day": day_words(to_on), "came": scope.money(row["spend_minor"])}
    said = _("Seven days to %(day)s: %(came)s") % places
    if row["spend_expected_minor"] is not None:
        places |= {
            "low": scope.money(row["spend_low_minor"]), "high": scope.money(row["spend_high_minor"])
        }  # fmt: skip
        said = _("Seven days to %(day)s: %(came)s; else between %(low)s and %(high)s") % places
    return WeekPoint(
        _short(to_on), row["spend_minor"], said, row["spend_expected_minor"],
        row["spend_low_minor"], row["spend_high_minor"], row["closed_days"] >= 4,
    )  # fmt: skip


def _short(day: date) -> str:
    locale = to_locale(get_language() or "en-gb")
    return format_skeleton("dMMM", day, locale=locale) or format_date(day, locale=locale)


def _heads() -> list[tuple[str, bool]]:
    return [
        (_("Seven days to"), False), (_("Brought"), True), (_("Had nothing happened"), True),
        (_("8 times in 10 between"), True), (_("Customers"), True),
        (_("Had nothing happened"), True), (_("Days closed"), True),
    ]  # fmt: skip


def _line(row: Row, scope: Scope) -> list[Cell]:
    to_on = day_of(row["to_on"])
    href = customers_where(bought_between(to_on - timedelta(days=6), to_on))
    booked = customers_where(booked_between(to_on - timedelta(days=6), to_on))
    cells = [Cell(day_words(to_on)), Cell(scope.money(row["spend_minor"]), booked)]
    if row["spend_expected_minor"] is None:
        cells += [Cell(""), Cell(""), Cell(number(row["customers"]), href), Cell("")]
    else:
        bounds = _("%(low)s and %(high)s") % {
            "low": scope.money(row["spend_low_minor"]), "high": scope.money(row["spend_high_minor"])
        }  # fmt: skip
        people = _("%(middle)s (%(low)s to %(high)s)") % {
            "middle": number(row["customers_expected"]), "low": number(row["customers_low"]),
            "high": number(row["customers_high"]),
        }  # fmt: skip
        cells += [
            Cell(scope.money(row["spend_expected_minor"])), Cell(bounds),
            Cell(number(row["customers"]), href), Cell(people),
        ]  # fmt: skip
    return [*cells, Cell(number(row["closed_days"]) if row["closed_days"] else "")]
