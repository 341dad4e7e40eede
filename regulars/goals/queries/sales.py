"""What the groups of goals bought, by day: one statement for each kind of group."""

# Statements are put together from constants of this file; every value is bound.

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from regulars.goals.choices import Counts, Place, Whom
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
# Where whoever sold it sells.
AREAS = "JOIN orders_seller g ON g.id = o.seller_id AND g.region <> ''"
ORDERS = (
    "SELECT CAST(o.placed_on AS text), {value}, {whose}, SUM(o.total_minor),"
    " SUM(CASE WHEN o.kind = 'sale' THEN 1 ELSE 0 END)"
    " FROM orders_order o {people} {join}"
    " WHERE o.placed_on >= %(since)s AND o.placed_on <= %(until)s AND o.currency = %(currency)s"
    "{where} GROUP BY 1, 2, 3, 4"
)
GOODS = (
    "SELECT CAST(o.placed_on AS text), l.sku, l.description, {whose}, SUM(l.total_minor),"
    " COUNT(DISTINCT CASE WHEN o.kind = 'sale' THEN o.id END)"
    " FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id {people}"
    " WHERE o.placed_on >= %(since)s AND o.placed_on <= %(until)s AND o.currency = %(currency)s"
    " GROUP BY 1, 2, 3, 4, 5"
)
# Whose customers bought, and who of the team sold; asked only where a goal counts by it.
LOOKED_AFTER = "LEFT JOIN customers_customer c ON c.id = o.customer_id"
SOLD_BY = "LEFT JOIN orders_seller w ON w.id = o.seller_id"
NOBODY = "CAST(NULL AS bigint)"
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


# A day, which of the groups, whose customers, who sold, and what.
Row = tuple[date, Any, int | None, int | None, int, int]


def sales_of(
    goals: Iterable[Goal], today: date, currency: str, *, since: date | None = None,
    until: date | None = None,
) -> Mapping[int, Sales]:  # fmt: skip
    """What each goal's group bought by goal and day: in the last three years, or between two days.

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
            "since": since or month_after(today.replace(day=1), -MONTHS_BACK),
            "until": until or today, "currency": currency, "begin": begin, "begin_at": begin,
        }  # fmt: skip
        _give_out(theirs, _rows(whom, kind, theirs, values), found)
    return found


def _give_out(goals: Sequence[Goal], rows: Iterator[Row], found: dict[int, Sales]) -> None:
    by_value: dict[Any, list[Goal]] = defaultdict(list)
    for goal in goals:
        by_value[_value_of(goal)].append(goal)
    for day, value, manager, seller, minor, orders in rows:
        whose = {Counts.OWN.value: manager, Counts.SOLD.value: seller}
        for goal in by_value.get(value, ()):
            if whose.get(goal.counts, goal.manager_id) == goal.manager_id:
                found[goal.pk].add(day, minor, orders)


def _value_of(goal: Goal) -> Any:
    values: dict[str, Any] = {
        Whom.TIER: goal.tier, Whom.SEGMENT: goal.segment_id, Whom.GOODS: goal.goods_id,
        Whom.REGION: goal.place,
    }  # fmt: skip
    return values.get(goal.whom, "")


def _rows(whom: str, kind: str, goals: Sequence[Goal], values: dict[str, Any]) -> Iterator[Row]:
    if whom == Whom.GOODS:
        return _of_goods(goals, values)
    value, join, where = {
        Whom.EVERYBODY.value: ("''", "", ""),
        Whom.TIER.value: (
            "COALESCE(g.to_tier, 'new')", TIERS, " AND o.customer_id IS NOT NULL",
        ),
        Whom.SEGMENT.value: ("g.segment_id", SEGMENTS, ""),
        Whom.REGION.value: ("g.place", PLACES.replace("{kind}", kind), ""),
    }[whom]  # fmt: skip
    if kind == Place.AREA:
        value, join = "g.region", AREAS
    sql = ORDERS.replace("{value}", value).replace("{join}", join).replace("{where}", where)
    return _fetched(_by_whose(sql, goals), values, lambda row: row[1])


def _of_goods(goals: Sequence[Goal], values: dict[str, Any]) -> Iterator[Row]:
    sorter = Sorter(product_groups())
    sql = _by_whose(GOODS, goals)
    return _fetched(sql, values, lambda row: sorter.group_of(str(row[1]), str(row[2])))


def _by_whose(sql: str, goals: Sequence[Goal]) -> str:
    asked = {goal.counts for goal in goals}
    manager, after = ("c.manager_id", LOOKED_AFTER) if Counts.OWN in asked else (NOBODY, "")
    seller, sold = ("w.member_id", SOLD_BY) if Counts.SOLD in asked else (NOBODY, "")
    sql = sql.replace("{people}", f"{after} {sold}")
    return sql.replace("{whose}", f"{manager}, {seller}")


def _fetched(
    sql: str, values: dict[str, Any], value_of: Callable[[Sequence[Any]], Any]
) -> Iterator[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(2_000):
            for row in rows:
                manager, seller, minor, orders = row[-4:]
                day = date.fromisoformat(str(row[0])[:10])
                yield day, value_of(row), manager, seller, int(minor), int(orders)
