"""What newcomers buy: which products bring them back, and what comes second."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.templatetags.look import number, percent
from regulars.insight.behind import ALL, CAME, cell_of_goods, cell_of_step
from regulars.insight.charts.shapes import Reach, Side, Stream, reaches, streams
from regulars.insight.charts.sheet import Chart
from regulars.insight.metrics.goods import BACK_DAYS, LOOKED_BACK, MOST_LISTED
from regulars.insight.models import KeptFigure
from regulars.insight.plates.plate import (
    Cell,
    Plate,
    Scope,
    Table,
    behind,
    customers_where,
)
from regulars.insight.shares import LEAST_OF_A_SHARE

Row = dict[str, Any]
MOST_DRAWN, MOST_SIDES = 8, 5
LONGEST_NAME, LONGEST_ON_A_PHONE = 20, 13
REST, NOT_YET, UNTOLD = "\0rest", "\0not yet", "\0untold"


def goods(kept: KeptFigure, scope: Scope) -> Plate:
    title, means = _("Products that bring people back"), _(
        "Newcomers of two years who have had %(days)s days since: of those whose first purchase"
        " held the product, how many bought again within %(days)s days. “More” and “fewer” are"
        " said only where chance alone would say so at most once in a hundred; it does not"
        " say that the product is the cause."
    ) % {"days": BACK_DAYS}  # fmt: skip
    told = [row for row in kept.rows if row["customers"] >= LEAST_OF_A_SHARE]
    if not kept.rows:
        return Plate(title, _without_lines(), means)
    if not told:
        says = _("No product was in the first purchase of twenty newcomers yet: too few to tell.")
        return Plate(title, says, means, None, _table(kept.rows, scope))
    first = kept.rows[0]
    everyone = first["all_came"] / first["all_customers"]
    chart = Chart.drawn(
        lambda width: reaches(width, [_reach(row) for row in told[:MOST_DRAWN]], across=everyone)
    )
    sure = _("Dashed: %(share)s of all %(count)s newcomers whose first purchase we know in lines.")
    sure %= {"share": percent(everyone), "count": number(first["all_customers"])}
    return Plate(title, _says(told), means, chart, _table(kept.rows[:MOST_LISTED], scope), sure)


def _without_lines() -> str:
    return _(
        "The orders here do not say what was in them, or nobody's first purchase is that long ago."
        " Bring orders in with their lines (a column for the product), and this page says which"
        " products bring people back."
    )


def _says(told: list[Row]) -> str:
    more = [row["name"] for row in told if row["says"] == "more"]
    if more:
        return ngettext(
            "Those who begin with %(names)s come back more often than others.",
            "Those who begin with one of these come back more often than others: %(names)s.",
            len(more[:3]),
        ) % {"names": ", ".join(more[:3])}
    return _("No product brings people back more often than others, as far as anyone can tell.")


def _reach(row: Row) -> Reach:
    words = _("%(share)s of %(count)s") % {
        "share": percent(row["share"]), "count": number(row["customers"]),
    }  # fmt: skip
    name = _shortened(row["name"], LONGEST_NAME + 8)
    return Reach(name, row["share"], row["low"], row["high"], words, row["says"] != "same")


def _table(rows: list[Row], scope: Scope) -> Table:
    heads = [
        (_("In the first purchase"), False), (_("Newcomers"), True),
        (_("Back within %(days)s days") % {"days": BACK_DAYS}, True), (_("Share"), True),
        (_("19 times in 20 between"), True), (_("Beside the others"), False),
        (_("Who has bought it"), False),
    ]  # fmt: skip
    return Table(heads, [_line(row, scope) for row in rows])


def _line(row: Row, scope: Scope) -> list[Cell]:
    words = {
        "few": _("too few to tell"), "same": _("cannot tell them apart"),
        "more": _("more come back"), "less": _("fewer come back"),
    }  # fmt: skip
    bounds = _("%(low)s and %(high)s") % {"low": percent(row["low"]), "high": percent(row["high"])}
    return [
        Cell(row["name"]),
        Cell(number(row["customers"]), behind("goods", cell_of_goods(row["product"], ALL))),
        Cell(number(row["came"]), behind("goods", cell_of_goods(row["product"], CAME))),
        Cell(percent(row["share"])), Cell(bounds), Cell(words[row["says"]]),
        Cell(_("the list"), _buyers(row, scope), said=_("Who has bought %(name)s in two years") % {
            "name": row["name"],
        }),
    ]  # fmt: skip


def _buyers(row: Row, scope: Scope) -> str:
    part = "goods" if row["product"] == row["name"] else "article"
    since = (scope.as_of - LOOKED_BACK).isoformat()
    where = [{"field": part, "is": "is", "value": row["product"]}]
    return customers_where(
        {"event": "order", "where": where, "in": {"from": since, "to": scope.as_of.isoformat()}}
    )


def seconds(kept: KeptFigure, scope: Scope) -> Plate:
    title, means = _("From the first purchase to the second"), _(
        "Newcomers of two years, each once: the product on which they spent most on their first"
        " day, and on their second. “Not again yet” also holds those who came only yesterday."
    )  # fmt: skip
    if not kept.rows:
        return Plate(title, _without_lines(), means)
    total = sum(row["customers"] for row in kept.rows)
    if total < LEAST_OF_A_SHARE:
        says = _("Fewer than twenty newcomers are known in lines: too few to tell.")
        return Plate(title, says, means)
    chart = Chart.drawn(lambda width: _streams(width, kept.rows))
    top = max(kept.rows, key=lambda row: row["has_come"] and row["customers"])
    says = _("The most usual way: %(first)s, then %(second)s; %(count)s of %(total)s went it.") % {
        "first": top["name"], "second": top["next_name"] or _("something we do not know"),
        "count": number(top["customers"]), "total": number(total),
    }  # fmt: skip
    heads = [(_("First"), False), (_("Then"), False), (_("Newcomers"), True), (_("Of all"), True)]
    table = Table(heads, [_step(row, total) for row in kept.rows[:MOST_LISTED]])
    return Plate(title, says, means, chart, table, _("What is rarer is put together."))


def _step(row: Row, total: int) -> list[Cell]:
    return [
        Cell(row["name"]), Cell(row["next_name"] or _names()[_second(row)]),
        Cell(number(row["customers"]), behind("seconds", _cell_of(row))),
        Cell(percent(row["customers"] / total)),
    ]  # fmt: skip


def title_behind_goods(kept: KeptFigure, cell: str) -> str | None:
    """“Rye in the first purchase, and back within 90 days”."""
    for row in kept.rows[:MOST_LISTED]:
        if cell == cell_of_goods(row["product"], ALL):
            return _("%(name)s in the first purchase") % {"name": row["name"]}
        if cell == cell_of_goods(row["product"], CAME):
            return _("%(name)s in the first purchase, and back within %(days)s days") % {
                "name": row["name"], "days": BACK_DAYS,
            }  # fmt: skip
    return None


def title_behind_seconds(kept: KeptFigure, cell: str) -> str | None:
    """“First rye, then a tart”."""
    row = next((one for one in kept.rows[:MOST_LISTED] if _cell_of(one) == cell), None)
    if row is None:
        return None
    return _("First %(first)s, then %(second)s") % {
        "first": row["name"], "second": row["next_name"] or _names()[_second(row)],
    }  # fmt: skip


def _cell_of(row: Row) -> str:
    return cell_of_step(row["product"], row["next_product"], row["has_come"])


def _second(row: Row) -> str:
    if not row["has_come"]:
        return NOT_YET
    return row["next_product"] or UNTOLD


def _names() -> dict[str, str]:
    return {
        REST: _("other things"), NOT_YET: _("not again yet"), UNTOLD: _("not told in lines"),
    }  # fmt: skip


def _streams(width: float, rows: list[Row]) -> Any:
    firsts, seconds_, counts = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    named = dict(_names())
    for row in rows:
        named.setdefault(row["product"], row["name"])
        if row["next_product"]:
            named.setdefault(row["next_product"], row["next_name"])
        firsts[row["product"]] += row["customers"]
        if row["next_product"]:
            seconds_[row["next_product"]] += row["customers"]
    most = [name for name, _count in firsts.most_common(MOST_SIDES)]
    then = [name for name, _count in seconds_.most_common(MOST_SIDES)]
    for row in rows:
        first = row["product"] if row["product"] in most else REST
        second = _second(row)
        second = second if second in (*then, NOT_YET, UNTOLD) else REST
        counts[first, second] += row["customers"]
    longest = LONGEST_NAME if width > 500 else LONGEST_ON_A_PHONE
    left, right = _side(most, counts, 0, named, longest), _side(then, counts, 1, named, longest)
    drawn = [
        Stream(a, b, count, f"{named[a]} → {named[b]}: {number(count)}")
        for (a, b), count in counts.items()
    ]
    return streams(width, drawn, left, right)


def _side(
    most: list[str], counts: Counter[tuple[str, str]], place: int, named: dict[str, str],
    longest: int,
) -> Side:  # fmt: skip
    there = {pair[place] for pair in counts}
    order = [name for name in (*most, REST, UNTOLD, NOT_YET) if name in there]
    cycle = ("fill-1", "fill-2", "fill-3")
    looks = {
        name: "fill-6" if name in (REST, UNTOLD, NOT_YET) else cycle[number_ % 3]
        for number_, name in enumerate(order)
    }
    return Side({name: _shortened(named[name], longest) for name in order}, looks)


def _shortened(name: str, longest: int) -> str:
    return name if len(name) <= longest else name[: longest - 1].rstrip() + "…"
