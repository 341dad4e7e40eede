"""What the groups of goals bought, by day: one statement for each kind of group."""

# Statements are put together from constants of this file; every value is bound.

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from regulars.goals.choices import Counts, Whom
from regulars.goals.models import Goal
from regulars.goals.queries.breaking_even import product_groups
from regulars.goals.queries.goods import Sorter
from regulars.goals.reckoning import month_after

# What came before says what is to come; longer ago it says little.
MONTHS_BACK = 36
# Who was in a tier on a day; with the first count of all, its history begins.
TIERS = (
    "LEFT JOIN (SELECT customer_id, to_tier FROM insight_tierchange"
    " WHERE (changed_on <= %(begin)s OR why = 'first')"
    " AND (until_on IS NULL OR until_on > %(begin)s)) g ON g.customer_id = o.customer_id"
)
SEGMENTS = (
    "JOIN (SELECT DISTINCT segment_id, customer_id FROM lists_segmentmember"
    " WHERE left_at IS NULL OR left_at >= %(begin_at)s) g ON g.customer_id = o.customer_id"
)
# Somebody with two addresses lives at the first.
PLACES = (
    "JOIN (SELECT customer_id, {kind} AS place FROM (SELECT customer_id, {kind}, ROW_NUMBER()"
    " OVER (PARTITION BY customer_id ORDER BY is_primary DESC, id) AS nth"
    " FROM customers_contactpoint WHERE kind = 'address' AND {kind} <> '') p WHERE nth = 1) g"
    " ON g.customer_id = o.customer_id"
)
ORDERS = (
    "SELECT CAST(o.placed_on AS text), {value}, c.manager_id, SUM(o.total_minor),"
    " SUM(CASE WHEN o.kind = 'sale' THEN 1 ELSE 0 END)"
    " FROM orders_order o LEFT JOIN customers_customer c ON c.id = o.customer_id {join}"
    " WHERE o.placed_on >= %(since)s AND o.placed_on <= %(until)s AND o.currency = %(currency)s"
    "{where} GROUP BY 1, 2, 3"
)
GOODS = (
    "SELECT CAST(o.placed_on AS text), l.sku, l.description, c.manager_id, SUM(l.total_minor),"
    " COUNT(DISTINCT CASE WHEN o.kind = 'sale' THEN o.id END)"
    " FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id"
    " LEFT JOIN customers_customer c ON c.id = o.customer_id"
    " WHERE o.placed_on >= %(since)s AND o.placed_on <= %(until)s AND o.currency = %(currency)s"
    " GROUP BY 1, 2, 3, 4"
)
Sums = tuple[int, int]


@dataclass(slots=True)
class Sales:
    """What a goal's group bought, by day: money and orders."""

    days: dict[date, Sums] = field(default_factory=dict)

    def add(self, day: date, minor: int, orders: int) -> None:
        money, count = self.days.get(day, (0, 0))
        self.days[day] = money + minor, count + orders

    def between(self, first: date, last: date) -> Sums:
        held = [sums for day, sums in self.days.items() if first <= day <= last]
        return sum(money for money, _count in held), sum(count for _money, count in held)


# A day, which of the groups, whose, and what.
Row = tuple[date, Any, int | None, int, int]


def sales_of(goals: Iterable[Goal], today: date, currency: str) -> Mapping[int, Sales]:
    """What each goal's group bought in the last three years, by goal and day.

    Goals of one kind that begin on the same day are counted together, however many they are.
    """
    together: dict[tuple[str, str, date], list[Goal]] = defaultdict(list)
    for goal in goals:
        by_day = goal.whom in (Whom.TIER, Whom.SEGMENT)
        begin = min(goal.from_on, today) if by_day else today
        together[goal.whom, goal.place_kind, begin].append(goal)
    found: dict[int, Sales] = defaultdict(Sales)
    for (whom, kind, begin), theirs in together.items():
        values = {
            "since": month_after(today.replace(day=1), -MONTHS_BACK), "until": today,
            "currency": currency, "begin": begin, "begin_at": begin,
        }  # fmt: skip
        _give_out(theirs, _rows(whom, kind, theirs, values), found)
    return found


def _give_out(goals: Sequence[Goal], rows: Iterator[Row], found: dict[int, Sales]) -> None:
    by_value: dict[Any, list[Goal]] = defaultdict(list)
    for goal in goals:
        by_value[_value_of(goal)].append(goal)
    for day, value, manager, minor, orders in rows:
        for goal in by_value.get(value, ()):
            if goal.counts == Counts.ALL or manager == goal.manager_id:
                found[goal.pk].add(day, minor, orders)


def _value_of(goal: Goal) -> Any:
    values: dict[str, Any] = {
        Whom.TIER: goal.tier, Whom.SEGMENT: goal.segment_id, Whom.GOODS: goal.goods_id,
        Whom.REGION: goal.place,
    }  # fmt: skip
    return values.get(goal.whom, "")


def _rows(whom: str, kind: str, goals: Sequence[Goal], values: dict[str, Any]) -> Iterator[Row]:
    if whom == Whom.GOODS:
        return _of_goods(values)
    value, join, where = {
        Whom.EVERYBODY.value: ("''", "", ""),
        Whom.TIER.value: (
            "COALESCE(g.to_tier, 'new')", TIERS, " AND o.customer_id IS NOT NULL",
        ),
        Whom.SEGMENT.value: ("g.segment_id", SEGMENTS, ""),
        Whom.REGION.value: ("g.place", PLACES.replace("{kind}", kind), ""),
    }[whom]  # fmt: skip
    sql = ORDERS.replace("{value}", value).replace("{join}", join).replace("{where}", where)
    return _fetched(sql, values, lambda row: (row[1], row[2]))


def _of_goods(values: dict[str, Any]) -> Iterator[Row]:
    sorter = Sorter(product_groups())
    return _fetched(GOODS, values, lambda row: (sorter.group_of(str(row[1]), str(row[2])), row[3]))


def _fetched(
    sql: str, values: dict[str, Any], told: Callable[[Sequence[Any]], tuple[Any, int | None]]
) -> Iterator[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(2_000):
            for row in rows:
                value, manager = told(row)
                minor, orders = row[-2], row[-1]
                yield date.fromisoformat(str(row[0])[:10]), value, manager, int(minor), int(orders)
