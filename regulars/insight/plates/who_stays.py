"""Who stays: newcomers by month, and how soon they come again."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.templatetags.look import number, percent
from regulars.insight.charts.shapes import Point, curve
from regulars.insight.charts.sheet import Chart, Sheet
from regulars.insight.models import KeptFigure
from regulars.insight.plates.plate import (
    Cell,
    Plate,
    Scope,
    Table,
    between,
    bought_between,
    customers_where,
    day_of,
    days_of,
    month_after,
    month_words,
)
from regulars.insight.shares import LEAST_OF_A_SHARE

MONTHS_SHOWN = 12
# A share of fewer newcomers is shown as a number, without a colour.
LEAST_OF_A_MONTH = 5
ON_A_PHONE = 6


def cohorts(kept: KeptFigure, scope: Scope) -> Plate:
    title, means = _("Who came when, and who still buys"), _(
        "A row is everyone who first bought in that month. Each place says how many in a hundred of"
        " them bought in the month so many months later. Cancellations are no purchases. Framed:"
        " this month, which is not over."
    )  # fmt: skip
    rows = _by_month(kept, scope)
    if len(rows) < 2:
        says = _("It takes newcomers of two months at least: then a row for each stands here.")
        return Plate(title, says, means)
    return Plate(
        title, _kept_on(rows), means, Chart.drawn(lambda width: _heat(width, rows)),
        Table(_heads(), [_row(*one, scope) for one in rows], is_heat=True, is_open=True),
        _("Months with fewer than five newcomers show how many, and no share."), is_drawn=False,
    )  # fmt: skip


Months = list[tuple[date, int, dict[int, int]]]


def _by_month(kept: KeptFigure, scope: Scope) -> Months:
    """The last months with newcomers: how many, and who bought so many months after."""
    first = month_after(scope.as_of.replace(day=1), 1 - MONTHS_SHOWN)
    found: dict[date, tuple[int, dict[int, int]]] = {}
    for row in kept.rows:
        came = day_of(row["came"])
        if came >= first and row["newcomers"]:
            found.setdefault(came, (row["newcomers"], {}))[1][row["after"]] = row["customers"]
    return [(came, size, after) for came, (size, after) in sorted(found.items())]


def _kept_on(rows: Months) -> str:
    """How the third month after went, over all who had it."""
    last = rows[-1][0]
    ripe = [(size, after) for came, size, after in rows if month_after(came, 3) < last]
    count = sum(size for size, _after in ripe)
    if count < LEAST_OF_A_SHARE:
        return _("Too few have had three months yet to say how many stay.")
    some = sum(after.get(3, 0) for _size, after in ripe)
    return _("Of %(count)s newcomers, %(some)s (%(share)s) bought in the third month after.") % {
        "count": number(count), "share": percent(some / count), "some": number(some),
    }  # fmt: skip


def _heads() -> list[tuple[str, bool]]:
    later = [(f"+{after}", True) for after in range(1, MONTHS_SHOWN)]
    return [(_("First bought"), False), (_("came"), True), *later]


def _row(came: date, size: int, after: dict[int, int], scope: Scope) -> list[Cell]:
    from_to = days_of(came)
    who = between("insight.first_on", *from_to)
    cells = [Cell(month_words(came, is_short=True)), Cell(number(size), customers_where(who))]
    for months in range(1, MONTHS_SHOWN):
        month = month_after(came, months)
        if month > scope.as_of:
            cells.append(Cell("", look=_on_a_phone(months)))
            continue
        count = after.get(months, 0)
        said = ngettext(
            "%(count)s of %(size)s bought in %(month)s",
            "%(count)s of %(size)s bought in %(month)s",
            count,
        ) % {"count": number(count), "size": number(size), "month": month_words(month)}
        ends_on = min(days_of(month)[1], scope.as_of)
        href = customers_where(who, bought_between(month, ends_on))
        is_now = "framed" if days_of(month)[1] > scope.as_of else ""
        look = " ".join(filter(None, (_tone(count, size), is_now, _on_a_phone(months))))
        cells.append(Cell(_share(count, size), href, look, said))
    return cells


def _share(count: int, size: int) -> str:
    return number(round(100 * count / size)) if size >= LEAST_OF_A_MONTH else f"({count})"


def _tone(count: int, size: int) -> str:
    if size < LEAST_OF_A_MONTH:
        return ""
    return f"g{min(4, int(5 * count / size))}"


def _on_a_phone(months: int) -> str:
    return "opt" if months >= ON_A_PHONE else ""


def _heat(width: float, rows: Months) -> Sheet:
    left, top, height = 96.0, 22.0, 26.0
    sheet = Sheet(width, top + height * len(rows))
    room = (width - left) / MONTHS_SHOWN
    for months in range(MONTHS_SHOWN):
        sheet.text(
            left + room * (months + 0.5), 14, f"+{months}" if months else _("came"), anchor="middle"
        )
    for place, (came, size, after) in enumerate(rows):
        y = top + height * place
        sheet.text(0, y + 17, month_words(came, is_short=True))
        sheet.text(left + room / 2, y + 17, number(size), "strong", anchor="middle")
        for months, count in after.items():
            if 0 < months < MONTHS_SHOWN:
                _cell(sheet, left + room * months, y, room, (count, size))
    return sheet


def _cell(sheet: Sheet, x: float, y: float, room: float, seen: tuple[int, int]) -> None:
    tone = _tone(*seen)
    if tone:
        sheet.rect(x + 1, y + 1, room - 2, 24, tone)
    look = "on-dark" if tone == "g4" else "strong"
    sheet.text(x + room / 2, y + 17, _share(*seen), look, anchor="middle")


def retention(kept: KeptFigure, scope: Scope) -> Plate:
    title, means = _("How soon newcomers come again"), _(
        "Of everyone who first bought so many days ago or more, how many had bought a second time"
        " within so many days. Whoever has not had that long is not asked yet, so that a good month"
        " for newcomers does not look like a bad one for staying."
    )  # fmt: skip
    rows = [row for row in kept.rows if row["customers"] >= LEAST_OF_A_SHARE]
    if len(rows) < 2:
        return Plate(title, _("Too few newcomers have had sixty days yet to say."), means)
    last = rows[-1]
    says = _(
        "%(share)s of newcomers come again within %(days)s days; within 30 days it is %(soon)s."
    ) % {
        "share": percent(last["share"]), "days": last["days"], "soon": percent(rows[0]["share"]),
    }  # fmt: skip
    points = [_point(row) for row in rows]
    chart = Chart.drawn(lambda width: curve(width, points, percent, 1.0))
    heads = [
        (_("Within"), False), (_("Had that long"), True), (_("Came again"), True),
        (_("Share"), True), (_("19 times in 20 between"), True),
    ]  # fmt: skip
    table = Table(heads, [_line(row, scope) for row in rows])
    sure = _("The band holds the true share 19 times in 20.")
    return Plate(title, says, means, chart, table, sure)


def _point(row: dict[str, Any]) -> Point:
    said = _("%(came)s of %(count)s within %(days)s days") % {
        "came": number(row["came"]), "count": number(row["customers"]), "days": row["days"],
    }  # fmt: skip
    return Point(str(row["days"]), row["share"], row["low"], row["high"], said)


def _line(row: dict[str, Any], scope: Scope) -> list[Cell]:
    until = date.fromordinal(scope.as_of.toordinal() - row["days"])
    had = {"field": "insight.first_on", "is": "until", "value": until.isoformat()}
    again = {"field": "insight.again_days", "is": "at_most", "value": row["days"]}
    bounds = _("%(low)s and %(high)s") % {"low": percent(row["low"]), "high": percent(row["high"])}
    return [
        Cell(_("%(days)s days") % {"days": row["days"]}),
        Cell(number(row["customers"]), customers_where(had)),
        Cell(number(row["came"]), customers_where(had, again)),
        Cell(percent(row["share"])), Cell(bounds),
    ]  # fmt: skip
