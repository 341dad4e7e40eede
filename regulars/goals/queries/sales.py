"""What the groups of goals bought, by day: the orders are read once for all of them."""

# Statements are put together from constants of this file; every value is bound.

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.db import connection

from regulars.core.bulk import rows_of
from regulars.goals.choices import Whom
from regulars.goals.models import Goal
from regulars.goals.queries.belonging import MOST_BITS, Belonging, Need, needs_of
from regulars.goals.queries.breaking_even import product_groups
from regulars.goals.queries.goods import Sorter
from regulars.goals.reckoning import month_after

# What came before says what is to come; longer ago it says little.
MONTHS_BACK = 36
# In a shorter stretch few of the customers bought: nobody else is looked up.
SHORT = timedelta(days=92)
ORDERS = (
    "SELECT CAST(o.placed_on AS text), {who}, {seller}, 0, SUM(o.total_minor),"
    " SUM(CASE WHEN o.kind = 'sale' THEN 1 ELSE 0 END) FROM orders_order o {join}"
)
GOODS = (
    "SELECT CAST(o.placed_on AS text), {who}, {seller}, {group}, SUM(l.total_minor),"
    " COUNT(DISTINCT CASE WHEN o.kind = 'sale' THEN o.id END)"
    " FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id {join}"
)
WHERE = " WHERE {days} AND o.currency = %s{of_goods} GROUP BY 1, 2, 3, 4"
# Of a month the index of days leads to the orders; of years it would lead to them one by one.
DAYS = {True: "o.placed_on BETWEEN %s AND %s", False: "NOT (o.placed_on < %s OR o.placed_on > %s)"}
SOLD = {
    True: "SELECT DISTINCT l.sku, l.description FROM orders_order o JOIN orders_orderline l"
    " ON l.order_id = o.id WHERE o.placed_on BETWEEN %s AND %s",
    False: "SELECT DISTINCT sku, description FROM orders_orderline",
}
# Goods by what they are called, as one value; looked up by an index, however many they are.
NAMED = {
    "postgresql": "(l.sku, l.description) IN (SELECT x.sku, x.words FROM"
    " jsonb_to_recordset(%s::jsonb) AS x(sku text, words text))",
    "sqlite": "(l.sku, l.description) IN (SELECT CAST(value ->> 'sku' AS text),"
    " CAST(value ->> 'words' AS text) FROM json_each(%s))",
}
WHO = "COALESCE(people.bits, CASE WHEN o.customer_id IS NULL THEN -1 ELSE 0 END)"
SELLER = "COALESCE(sellers.bits, 0)"
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


class Asked:
    """Goals whose orders are read together, and what makes an order count for each of them."""

    def __init__(self) -> None:
        self.customers, self.sellers = Belonging(), Belonging()
        self.goals: dict[int, tuple[Goal, list[Need], list[Need]]] = {}

    @property
    def is_full(self) -> bool:
        return max(self.customers.bits, self.sellers.bits) > MOST_BITS

    def add(self, goal: Goal, today: date) -> None:
        customers, sellers = needs_of(goal, today)
        for need in customers:
            self.customers.ask(need)
        for need in sellers:
            self.sellers.ask(need)
        self.goals[goal.pk] = goal, customers, sellers

    def counting(self, who: int, seller: int) -> list[Goal]:
        """The goals for which the orders of such customers, sold by such sellers, count."""
        return [
            goal for goal, customers, sellers in self.goals.values()
            if all(self.customers.has(who, need) for need in customers)
            and all(self.sellers.has(seller, need) for need in sellers)
        ]  # fmt: skip


def sales_of(
    goals: Iterable[Goal], today: date, currency: str, *, since: date | None = None,
    until: date | None = None,
) -> Mapping[int, Sales]:  # fmt: skip
    """What each goal's group bought by goal and day: in the last three years, or between two days.

    However many goals there are, the orders are read once, and their lines once more where goals
    are about goods. An order counts once for each group of which it has goods.
    """
    since, until = since or month_after(today.replace(day=1), -MONTHS_BACK), until or today
    goals = list(goals)
    found = {goal.pk: Sales() for goal in goals}
    for base, those in (
        (ORDERS, [one for one in goals if one.whom != Whom.GOODS]),
        (GOODS, [one for one in goals if one.whom == Whom.GOODS]),
    ):
        for asked in _together(those, today):
            _give_out(asked, _rows(asked, base, (since, until), currency), found)
    return found


def _together(goals: Iterable[Goal], today: date) -> Iterator[Asked]:
    asked = Asked()
    for goal in goals:
        if asked.is_full:
            yield asked
            asked = Asked()
        asked.add(goal, today)
    if asked.goals:
        yield asked


# A day, whose, sold by whom, of which product group, and its money and orders.
Row = tuple[str, int, int, int, int, int]


def _give_out(asked: Asked, rows: Iterable[Row], found: Mapping[int, Sales]) -> None:
    @cache
    def counting(who: int, seller: int) -> list[Goal]:
        return asked.counting(who, seller)

    day_of = cache(date.fromisoformat)
    for day, who, seller, group, minor, orders in rows:
        for goal in counting(who, seller):
            if goal.goods_id is None or goal.goods_id == group:
                found[goal.pk].add(day_of(day[:10]), int(minor), int(orders))


def _rows(asked: Asked, base: str, days: tuple[date, date], currency: str) -> Iterator[Row]:
    asked.customers.number()
    asked.sellers.number()
    is_short = days[1] - days[0] <= SHORT
    tables, join, values = [], "", list[Any]()
    for name, column, side, among in (
        ("people", "customer_id", asked.customers, days if is_short else ()),
        ("sellers", "seller_id", asked.sellers, ()),
    ):
        if side:
            sql, own = side.statement(among)
            tables.append(f"{name} AS MATERIALIZED ({sql})")
            join += f" LEFT JOIN {name} ON {name}.id = o.{column}"
            values += own
    group, of_goods, own_goods, all_goods = "0", "", list[Any](), list[Any]()
    if base == GOODS:
        group, of_goods, own_goods, all_goods = _by_goods(asked, days if is_short else ())
    begin = f"WITH {', '.join(tables)} " if tables else ""
    sql = base.replace("{who}", WHO if asked.customers else "0").replace("{join}", join)
    sql = sql.replace("{seller}", SELLER if asked.sellers else "0").replace("{group}", group)
    where = WHERE.replace("{days}", DAYS[is_short]).replace("{of_goods}", of_goods)
    with connection.cursor() as cursor:
        cursor.execute(f"{begin}{sql}{where}", [*values, *own_goods, *days, currency, *all_goods])
        while rows := cursor.fetchmany(2_000):
            yield from rows


def _by_goods(asked: Asked, days: Sequence[date]) -> tuple[str, str, list[str], list[str]]:
    """To which product group a line belongs, and that it is one of those asked for; with values."""
    sorter = Sorter(product_groups())
    goods: dict[int | None, list[dict[str, str]]] = {
        goal.goods_id: [] for goal, _customers, _sellers in asked.goals.values()
    }
    for sku, words in rows_of(SOLD[bool(days)], list(days)):
        group = sorter.group_of(sku, words)
        if group in goods:
            goods[group].append({"sku": sku, "words": words})
    named = NAMED[connection.vendor]
    each = " ".join(f"WHEN {named} THEN {int(pk or 0)}" for pk in goods)
    every = [one for those in goods.values() for one in those]
    values = [json.dumps(those) for those in goods.values()]
    return f"CASE {each} END", f" AND {named}", values, [json.dumps(every)]
