"""The figures that pages show: counted after each count of everybody, and kept until the next."""

import math
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from regulars.insight import modelling
from regulars.insight.before import baseline_rows
from regulars.insight.behind import ALL, CAME, cell_of_goods, cell_of_move, cell_of_step, runs
from regulars.insight.counting import Counted, Row
from regulars.insight.modelling import Z_95
from regulars.insight.shares import apart, bounds

# What tells one step of newcomers from another.
WAY = ("product", "next_product", "has_come")
AHEAD_WEEKS = (4, 13, 26, 52)
# The stretch for which it is told what the same would have said then, and what came.
PROVED_DAYS = 91


def month_of(number: int) -> date:
    """The first day of a month that metrics count as year times twelve plus month less one."""
    return date(number // 12, number % 12 + 1, 1)


def _concentration(result: Counted) -> list[Row]:
    from regulars.insight.metrics.concentration import concentration

    return result.counter.rows(concentration(result.facts))


def _cohorts(result: Counted) -> list[Row]:
    from regulars.insight.metrics.coming_again import cohorts

    rows = result.counter.rows(cohorts(result.days, result.facts))
    sizes = {row["came"]: row["customers"] for row in rows if not row["after"]}
    return [
        {
            "came": month_of(row["came"]),
            "after": row["after"],
            "newcomers": sizes[row["came"]],
            "customers": row["customers"],
            "spend_minor": row["spend_minor"],
        }
        for row in rows
    ]


def _retention(result: Counted) -> list[Row]:
    """Of those who first bought long enough ago, how many had come again within so many days."""
    from regulars.insight.metrics.coming_again import STEP_DAYS, STEPS, newcomers

    cells = result.counter.rows(newcomers(result.facts, as_of=result.as_of))
    rows = []
    for step in range(1, STEPS + 1):
        known = [cell for cell in cells if cell["known"] >= step]
        customers = sum(cell["customers"] for cell in known)
        came = sum(cell["customers"] for cell in known if 0 < cell["again"] <= step)
        low, high = bounds(came, customers)
        rows.append({
            "days": step * STEP_DAYS, "customers": customers, "came": came,
            "share": came / customers if customers else None,
            "low": low if customers else None, "high": high if customers else None,
        })  # fmt: skip
    return rows


def _dues(result: Counted) -> list[Row]:
    from regulars.insight.metrics.dues import dues

    return result.counter.rows(dues(result.facts, result.overrides, as_of=result.as_of))


def _goods(result: Counted) -> list[Row]:
    from regulars.insight.metrics.goods import MOST_LISTED, begun_with, bringing_back

    found = begun_with(result.lines(), result.facts, as_of=result.as_of)
    told = result.counter.keep("begun_with", found)
    rows = result.counter.rows(bringing_back(told))
    listed = [row["product"] for row in rows[:MOST_LISTED]]
    columns = _theirs(result, told, [told["product"] == one for one in listed], "came")
    for (number,), place in runs(columns, "number"):
        product, ids = listed[number], columns["customer_id"][place]
        result.behind["goods", cell_of_goods(product, ALL)] = ids
        result.behind["goods", cell_of_goods(product, CAME)] = ids[columns["came"][place] == 1]
    return [_weighed(row) for row in rows]


def _weighed(row: Row) -> Row:
    low, high = bounds(row["came"], row["customers"])
    rest = row["all_came"] - row["came"], row["all_customers"] - row["customers"]
    return {
        **row, "share": row["came"] / row["customers"], "low": low, "high": high,
        "says": apart(row["came"], row["customers"], *rest),
    }  # fmt: skip


def _seconds(result: Counted) -> list[Row]:
    from regulars.insight.metrics.goods import MOST_LISTED, first_and_second, first_steps

    found = first_steps(result.lines(), result.facts, as_of=result.as_of)
    steps = result.counter.keep("first_steps", found)
    rows = result.counter.rows(first_and_second(steps))
    listed = [tuple(row[name] for name in WAY) for row in rows[:MOST_LISTED]]
    ways = [
        (steps["product"] == product) & (steps.next_product == then) & (steps.has_come == has_come)
        for product, then, has_come in listed
    ]
    columns = _theirs(result, steps, ways)
    for (number,), place in runs(columns, "number"):
        result.behind["seconds", cell_of_step(*listed[number])] = columns["customer_id"][place]
    return rows


def _theirs(result: Counted, told: Any, numbered: list[Any], *more: str) -> dict[str, Any]:
    """Who is of which of these, by its number, those worth most first."""
    import ibis

    if not numbered:
        return {"number": [], "customer_id": []}
    number = ibis.cases(*((one, place) for place, one in enumerate(numbered)))
    found = told.mutate(number=number.cast("int64")).filter(lambda one: one.number.notnull())
    ordered = found.order_by("number", found.stake_minor.desc(), "customer_id")
    flags = {name: ordered[name].cast("int64") for name in more}
    return result.counter.columns(ordered.select("number", "customer_id", **flags))


def _season(result: Counted) -> list[Row]:
    """What a day of each month counts for; ones where no season shows."""
    weights = result.patterns.season.weights
    return [{"month": month, "weight": weight} for month, weight in enumerate(weights, 1)]


def _months(result: Counted) -> list[Row]:
    from regulars.insight.metrics.trade import months

    rows = result.counter.rows(
        months(result.days, result.facts, result.calendar, as_of=result.as_of)
    )
    return [{**row, "month": month_of(row["month"])} for row in rows]


def _weekdays(result: Counted) -> list[Row]:
    from regulars.insight.metrics.trade import weekdays

    return result.counter.rows(
        weekdays(result.days, result.facts, result.calendar, as_of=result.as_of)
    )


def _ahead(result: Counted) -> list[Row]:
    """Purchases and money to expect of those who have bought before, each with its band.

    The band of the money holds what a purchase may bring besides: purchases are many small draws
    of what one brings. Beside it, what as many days before brought from those known by then.
    """
    from regulars.insight.metrics.ahead import a_purchase

    cells = modelling.cells_of(result.counter, modelling.histories_of(result))
    fit = modelling.bg_nbd_of(cells)
    each = result.counter.rows(a_purchase(result.purchases, as_of=result.as_of))[0]
    rows = []
    for weeks in AHEAD_WEEKS:
        days = weeks * 7
        weeks_open = _open_days(result, result.as_of, days) / 7
        found = modelling.total_of(cells, fit, weeks=weeks_open)
        then = _asked_then(result, days)
        rows.append({"days": days, **_foretold(found, each), **_before(result, days), **then})
    return rows


def _asked_then(result: Counted, days: int) -> Row:
    """What the same would have said so many days before, for the stretch that is proved."""
    row: Row = dict.fromkeys(("then_purchases", "then_low", "then_high"))
    cut = result.as_of - timedelta(days=days)
    if days != PROVED_DAYS or result.begin_on is None or result.begin_on > cut:
        return row
    cells = modelling.cells_of(result.counter, modelling.histories_of(result, as_of=cut))
    fit = modelling.bg_nbd_of(cells)
    found = modelling.total_of(cells, fit, weeks=_open_days(result, cut, days) / 7)
    if found is not None:
        purchases, reach = found[0], Z_95 * found[1]
        row = {
            "then_purchases": purchases, "then_low": max(0.0, purchases - reach),
            "then_high": purchases + reach,
        }  # fmt: skip
    return row


def _open_days(result: Counted, after: date, days: int) -> int:
    import ibis

    calendar, until = result.calendar, after + timedelta(days=days)
    ahead = calendar.filter((calendar.day > ibis.date(after)) & (calendar.day <= ibis.date(until)))
    found = result.counter.rows(ahead.agg(days=ahead.is_open.cast("int64").sum()))[0]
    return int(found["days"] or 0)


def _foretold(found: tuple[float, float] | None, each: Row) -> Row:
    names = ("purchases", "low", "high", "spend_minor", "spend_low_minor", "spend_high_minor")
    # Where all come alike the data do not say how far the total may stray.
    if found is None or not all(map(math.isfinite, found)):
        return dict.fromkeys(names)
    purchases, spread = found
    mean, variance = each["mean_minor"], each["variance"]
    of_money = (purchases * variance + (mean * spread) ** 2) ** 0.5
    reach, money, reach_minor = Z_95 * spread, purchases * mean, Z_95 * of_money
    values = (
        purchases, max(0.0, purchases - reach), purchases + reach,
        round(money), round(max(0.0, money - reach_minor)), round(money + reach_minor),
    )  # fmt: skip
    return dict(zip(names, values, strict=True))


def _before(result: Counted, days: int) -> Row:
    from regulars.insight.metrics.ahead import brought

    after = result.as_of - timedelta(days=days)
    none = dict.fromkeys(("before_purchases", "before_spend_minor", "before_customers"))
    if result.begin_on is None or result.begin_on > after:
        return none
    found = result.counter.rows(
        brought(result.purchases, result.facts, after=after, until=result.as_of)
    )[0]
    return {f"before_{name}": value for name, value in found.items()}


FLOW_MONTHS = 12


def _ends(result: Counted) -> list[date]:
    """The last days of the months that are shown, the last of them the day counted to."""
    ends, end = [result.as_of], result.as_of
    first = result.begin_on or result.as_of
    while len(ends) <= FLOW_MONTHS:
        end = end.replace(day=1) - timedelta(days=1)
        if end < first:
            break
        ends.insert(0, end)
    return ends


def _moves(result: Counted) -> Iterator[tuple[date, Any]]:
    """For each month its moves, as tables kept on the engine."""
    from regulars.insight.metrics.flows import moved, standing_at, tiers_at, waits_of

    counter, ends = result.counter, _ends(result)
    ordinals = _ordinals(result, ends)
    waits = counter.keep("waits", waits_of(result.facts))
    before = None
    for end in ends:
        if end == result.as_of:
            bought = result.facts.filter(result.facts.purchase_count > 0)
            now = bought.select("customer_id", "tier")
        else:
            standing = standing_at(
                result.days, result.purchases, waits, before, end=end, ordinal=ordinals[end]
            )
            standing = counter.keep(f"standing_{end:%Y%m}", standing)
            now = counter.keep(f"tiers_{end:%Y%m}", tiers_at(standing, end=end))
        if before is not None:
            month = end.replace(day=1)
            moves = counter.keep(f"moved_{end:%Y%m}", moved(before, now, result.facts))
            yield month, moves
        before = now


def _ordinals(result: Counted, ends: list[date]) -> dict[date, int]:
    calendar = result.calendar
    rows = result.counter.rows(calendar.filter(calendar.day.isin(ends)).select("day", "ordinal"))
    return {row["day"]: row["ordinal"] for row in rows}


# So many of each stream are named where no page is: on the command line.
MOST_NAMED = 100


def _flows(result: Counted) -> list[Row]:
    """How many went from which tier to which in each month, and who of them is worth most."""
    from regulars.insight.metrics.flows import movers, streams

    rows = []
    for month, moves in _moves(result):
        named: dict[tuple[str, str], list[int]] = {}
        columns = result.counter.columns(movers(moves))
        for (before, after), place in runs(columns, "before", "after"):
            ids = columns["customer_id"][place]
            result.behind["flows", cell_of_move(f"{month:%Y-%m}", before, after)] = ids
            named[before, after] = ids[:MOST_NAMED].tolist()
        rows += [
            {"month": month, **row, "customer_ids": named.get((row["before"], row["after"]), [])}
            for row in result.counter.rows(streams(moves))
        ]
    return rows


# By name, in the order in which they are counted.
PAGE_FIGURES: dict[str, Callable[[Counted], list[Row]]] = {
    "concentration": _concentration,
    "cohorts": _cohorts,
    "flows": _flows,
    "retention": _retention,
    "dues": _dues,
    "goods": _goods,
    "seconds": _seconds,
    "months": _months,
    "weekdays": _weekdays,
    "season": _season,
    "baseline": baseline_rows,
    "ahead": _ahead,
}
