"""Staged orders into the tables of orders, set by set: matched, compared, then brought in.

Every function writes in short transactions, each safe to run again.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Iterator
from typing import Any

from django.db import connection, models, transaction

from regulars.consent.actions import note_purchases
from regulars.core.bulk import count_anew, fresh_ids, id_ranges, rows_of, run_sql
from regulars.core.column_sets import Step, Terms, Verdict, column_sets
from regulars.orders import comparing
from regulars.orders.models import Order, StagedBuyer, StagedLine, StagedOrder
from regulars.orders.queries import last_purchases

# Small enough for a transaction of 100 ms on SQLite.
ORDERS, LINES, EMPTIED = 2000, 4000, 10_000
RANGE = "s.import_id = %(import)s AND s.id BETWEEN %(low)s AND %(high)s"


def resolve(terms: Terms) -> Iterator[Step]:
    """Find the customers and orders that staged rows mean, add up the goods, mark differences."""
    yield _counted_anew
    yield from column_sets["customers"].resolve(terms)
    if "customers" in terms.roles:
        yield from _over(StagedOrder, ORDERS, terms, comparing.BUYERS)
    sums = comparing.SUMS_ONCE if comparing.is_freight_of_orders(terms) else comparing.SUMS
    if comparing.are_totals_of_orders(terms):
        yield from _over(StagedLine, LINES, terms, comparing.TOTAL_ONCE)
    for sql in (sums, comparing.MATCH_ORDER, comparing.MATCH_CUSTOMER, comparing.NEW,
                comparing.CHANGED):  # fmt: skip
        yield from _over(StagedOrder, ORDERS, terms, sql)


def _counted_anew() -> int:
    count_anew(StagedOrder, StagedLine, StagedBuyer)
    return 0


def verdict(terms: Terms) -> Verdict:
    """Count what would happen, in rows of the files and in orders, customers and lines."""
    return comparing.verdict(terms)


def apply(terms: Terms) -> Iterator[Step]:
    """Bring in the customers, then the orders, then their goods."""
    yield from column_sets["customers"].apply(terms)
    for low, high in id_ranges(StagedOrder, terms.import_id, ORDERS):
        yield _step(_take_orders, terms, low, high)
    has_known = StagedOrder.objects.filter(import_id=terms.import_id, is_new=False).exists()
    for sql in (comparing.UPDATE_LINES,) * has_known + (comparing.ADD_LINES,):
        yield from _over(StagedLine, LINES, terms, sql)
    for low, high in id_ranges(StagedOrder, terms.import_id, ORDERS):
        yield _step(_note_purchases, terms, low, high)


def _note_purchases(terms: Terms, low: int, high: int) -> None:
    """Some grounds of writing to customers rest on when they last bought."""
    staged = StagedOrder.objects.filter(import_id=terms.import_id, id__range=(low, high))
    buyers = staged.exclude(customer_id=None).values("customer_id")
    note_purchases(last_purchases().filter(customer_id__in=buyers), at=terms.at)


def empty(terms: Terms) -> Iterator[Step]:
    """Empty the staging of one import."""
    for model in (StagedLine, StagedOrder, StagedBuyer):
        delete = f"DELETE FROM {model._meta.db_table} AS s WHERE {{range}}"
        yield from _over(model, EMPTIED, terms, delete)
    yield from column_sets["customers"].empty(terms)


def _over(model: type[models.Model], size: int, terms: Terms, sql: str) -> Iterator[Step]:
    for low, high in id_ranges(model, terms.import_id, size):
        yield _step(_run, terms, low, high, sql)


def _step(work: Any, terms: Terms, low: int, high: int, *more: Any) -> Step:
    def run() -> int:
        with transaction.atomic():
            work(terms, low, high, *more)
        return high - low + 1

    return run


def _values(terms: Terms, low: int, high: int) -> dict[str, Any]:
    return {"import": terms.import_id, "low": low, "high": high, "source": terms.source}


def _run(terms: Terms, low: int, high: int, sql: str) -> None:
    run_sql(sql.replace("{range}", RANGE), _values(terms, low, high))


def _take_orders(terms: Terms, low: int, high: int) -> None:
    # Customers that were new a moment ago have their keys by now.
    _run(terms, low, high, comparing.MATCH_CUSTOMER)
    new = rows_of(
        f"SELECT s.id FROM orders_stagedorder s WHERE {RANGE}"
        " AND s.is_new AND s.order_id IS NULL ORDER BY s.id",
        _values(terms, low, high),
    )
    ids = fresh_ids(Order, len(new))
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE orders_stagedorder SET order_id = %s WHERE id = %s",
            [(pk, row[0]) for pk, row in zip(ids, new, strict=True)],
        )
    _run(terms, low, high, comparing.ADD_ORDERS)
    _run(terms, low, high, comparing.UPDATE_ORDERS)
