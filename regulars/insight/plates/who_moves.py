"""Who moved from tier to tier in a month."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.templatetags.look import number
from regulars.insight.behind import cell_of_move
from regulars.insight.charts.shapes import Side, Stream, streams
from regulars.insight.charts.sheet import Chart
from regulars.insight.choices import Tier
from regulars.insight.models import KeptFigure
from regulars.insight.plates.plate import (
    Cell,
    Plate,
    Scope,
    Table,
    behind,
    day_of,
    month_words,
)

Row = dict[str, Any]
NOT_YET = ""
# From who is there to who is gone: moving down the page is moving away.
ORDER = (Tier.CORE, Tier.ACTIVE, Tier.NEW, Tier.SLIPPING, Tier.LAPSED, Tier.LOST)
WENT = {Tier.SLIPPING.value, Tier.LAPSED.value, Tier.LOST.value}


def flows(kept: KeptFigure, scope: Scope) -> Plate:
    title, means = _("Who moved from tier to tier"), _(
        "Left, the tiers as the month began; right, as it ended. Worked out from the orders of each"
        " month, by the rhythm that each customer is known to have today; a tier that a person set"
        " is not in it."
    )  # fmt: skip
    months = months_of(kept)
    if not months:
        return Plate(title, _("It takes orders of two months: then this shows who moved."), means)
    month = chosen(months, scope.asked)
    rows = [row for row in kept.rows if day_of(row["month"]) == month]
    moved = [row for row in rows if row["before"] != row["after"]]
    chart = Chart.drawn(lambda width: _drawn(width, rows))
    heads = [
        (_("From"), False), (_("To"), False), (_("Customers"), True),
        (_("What a year of them is worth"), True),
    ]  # fmt: skip
    lines = [_line(row, month, scope) for row in sorted(moved, key=_heaviest)]
    title = _("Who moved in %(month)s") % {"month": month_words(month)}
    sure = _("Those who stayed in their tier are drawn and not listed.")
    return Plate(title, _says(moved), means, chart, Table(heads, lines, is_open=True), sure)


def months_of(kept: KeptFigure) -> list[date]:
    return sorted({day_of(row["month"]) for row in kept.rows})


def chosen(months: list[date], asked: str) -> date:
    """The month that was asked for, or the last that is there."""
    return next((month for month in months if f"{month:%Y-%m}" == asked), months[-1])


def tier_words(tier: str) -> str:
    return str(Tier(tier).label) if tier else _("Not yet here")


def _heaviest(row: Row) -> tuple[int, int]:
    return -row["customers"], -row["stake_minor"]


def _says(moved: list[Row]) -> str:
    away = sum(row["customers"] for row in moved if row["after"] in WENT and _is_down(row))
    back = sum(row["customers"] for row in moved if row["before"] in WENT and not _is_down(row))
    came = sum(row["customers"] for row in moved if row["before"] == NOT_YET)
    if not (away or back or came):
        return _("Nobody moved to another tier.")
    first = ngettext(
        "%(count)s customer moved away from us", "%(count)s customers moved away from us", away
    ) % {"count": number(away)}
    second = ngettext("%(count)s came back", "%(count)s came back", back) % {"count": number(back)}
    third = ngettext(
        "%(count)s bought for the first time", "%(count)s bought for the first time", came
    ) % {"count": number(came)}
    return _("%(away)s, %(back)s, %(came)s.") % {"away": first, "back": second, "came": third}


def _is_down(row: Row) -> bool:
    order = [tier.value for tier in ORDER]
    return row["before"] != NOT_YET and order.index(row["after"]) > order.index(row["before"])


def _drawn(width: float, rows: list[Row]) -> Any:
    left = _side(rows, "before", width)
    right = _side(rows, "after", width)
    drawn = [Stream(row["before"], row["after"], row["customers"], _said(row)) for row in rows]
    return streams(width, drawn, left, right)


def _said(row: Row) -> str:
    return f"{tier_words(row['before'])} → {tier_words(row['after'])}: {number(row['customers'])}"


def _side(rows: list[Row], column: str, width: float) -> Side:
    there = {row[column] for row in rows}
    order = [tier for tier in (*(one.value for one in ORDER), NOT_YET) if tier in there]
    count = {tier: sum(row["customers"] for row in rows if row[column] == tier) for tier in order}
    names = {tier: f"{_brief(tier, width)} {number(count[tier])}" for tier in order}
    return Side(names, {tier: f"of-{tier}" if tier else "fill-6" for tier in order})


def _brief(tier: str, width: float) -> str:
    return _("None") if width < 500 and not tier else tier_words(tier)


def _line(row: Row, month: date, scope: Scope) -> list[Cell]:
    href = behind("flows", cell_of_move(f"{month:%Y-%m}", row["before"], row["after"]))
    return [
        Cell(tier_words(row["before"])), Cell(tier_words(row["after"])),
        Cell(number(row["customers"]), href), Cell(scope.money(row["stake_minor"]), href),
    ]  # fmt: skip


def title_behind(kept: KeptFigure, cell: str) -> str | None:
    """“From Active to Slipping in November 2026”."""
    row = next((one for one in kept.rows if _cell_of(one) == cell), None)
    if row is None:
        return None
    title = (
        _("New in %(month)s, and %(after)s") if not row["before"]
        else _("From %(before)s to %(after)s in %(month)s")
    )  # fmt: skip
    return title % {
        "month": month_words(day_of(row["month"])), "before": tier_words(row["before"]),
        "after": tier_words(row["after"]),
    }  # fmt: skip


def _cell_of(row: Row) -> str:
    return cell_of_move(row["month"], row["before"], row["after"])
