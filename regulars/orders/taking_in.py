"""Staged orders into the tables of orders, set by set: matched, compared, then brought in.

Every function writes in short transactions, each safe to run again.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Iterator
from typing import Any

from django.db import connection, models

from regulars.consent.actions import note_purchases
from regulars.consent.models import Wish
from regulars.core.before_images import changing, create_rows, remember_created
from regulars.core.bulk import count_anew, fresh_ids, rows_of, run_sql
from regulars.core.column_sets import Step, Terms, Verdict, column_sets
from regulars.core.models import Operation
from regulars.core.operations import ongoing_operation
from regulars.core.pace import over_staging
from regulars.orders import comparing
from regulars.orders.models import Order, OrderLine, StagedBuyer, StagedLine, StagedOrder
from regulars.orders.queries import last_purchases
from regulars.orders.selling import SAME_AS_KNOWN, is_sold_in_several, note_sellers

# What a transaction begins with: `Pace` makes it shorter, or in a long file longer.
ORDERS, LINES, EMPTIED = 2000, 4000, 10_000
# What an import may write over.
ORDER_COLUMNS = (
    "customer_id", "kind", "status", "placed_at", "placed_on", "promised_on", "delivered_at",
    "delivery_way", "seller_id", "is_quiet", "total_minor", "shipping_minor", "currency",
    "line_count",
)  # fmt: skip
LINE_COLUMNS = (
    "sku", "description", "quantity", "total_minor", "delivered_at", "returned_quantity",
)  # fmt: skip
# The plus keeps SQLite from going through the whole import, by its key, for each stretch of ids.
RANGE = "+s.import_id = %(import)s AND s.id BETWEEN %(low)s AND %(high)s"

# What came in quietly before is meant as well, where somebody ticks it now.
LET_FOLLOW = (
    "UPDATE orders_order AS o SET is_quiet = FALSE FROM orders_stagedorder s"
    f" WHERE {RANGE} AND NOT s.is_new AND o.id = s.order_id AND o.is_quiet"
)


def resolve(terms: Terms) -> Iterator[Step]:
    """Find the customers and orders that staged rows mean, add up the goods, mark differences."""
    yield _counted_anew
    yield from column_sets["customers"].resolve(terms)
    if "customers" in terms.roles:
        yield from _over(StagedOrder, ORDERS, terms, comparing.BUYERS)
    sums = comparing.SUMS_ONCE if comparing.is_freight_of_orders(terms) else comparing.SUMS
    if comparing.are_totals_of_orders(terms):
        yield from _over(StagedLine, LINES, terms, comparing.TOTAL_ONCE)
    known = (SAME_AS_KNOWN,) * is_sold_in_several(terms.source)
    for sql in (sums, comparing.MATCH_ORDER, comparing.MATCH_CUSTOMER, comparing.NEW, *known,
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
    done = ongoing_operation("import", subject_id=terms.import_id, by=terms.by, at=terms.at)
    yield from note_sellers(terms)
    yield from over_staging(StagedOrder, ORDERS, terms, _take_orders, done)
    has_known = StagedOrder.objects.filter(import_id=terms.import_id, is_new=False).exists()
    for work in (_change_lines,) * has_known + (_add_lines,):
        yield from over_staging(StagedLine, LINES, terms, work, done)
    yield from over_staging(StagedOrder, ORDERS, terms, _note_purchases, done)


def _change_lines(terms: Terms, low: int, high: int, done: Operation) -> None:
    staged = (
        f"t.id IN (SELECT e.id FROM orders_stagedline s JOIN orders_stagedorder o"
        " ON o.import_id = s.import_id AND o.ref = s.order_ref JOIN orders_orderline e"
        f" ON e.order_id = o.order_id AND e.line_no = s.line_no WHERE {RANGE})"
    )
    with changing(done, OrderLine, LINE_COLUMNS, (staged, _values(terms, low, high))):
        _run(terms, low, high, comparing.UPDATE_LINES)


def _add_lines(terms: Terms, low: int, high: int, done: Operation) -> None:
    insert = comparing.ADD_LINES.replace("{range}", RANGE)
    create_rows(done, OrderLine, insert, _values(terms, low, high))


def _note_purchases(terms: Terms, low: int, high: int, done: Operation) -> None:
    """Some grounds of writing to customers rest on when they last bought."""
    staged = StagedOrder.objects.filter(import_id=terms.import_id, id__range=(low, high))
    named = staged.values_list("customer_id", flat=True).distinct()
    buyers = [pk for pk in named if pk is not None]
    if not buyers:
        return
    known = set(Wish.objects.filter(pk__in=buyers).values_list("pk", flat=True))
    with changing(done, Wish, ["last_purchase_on"], buyers):
        note_purchases(last_purchases().filter(customer_id__in=buyers), at=terms.at)
    noted = set(Wish.objects.filter(pk__in=buyers).values_list("pk", flat=True))
    remember_created(done, Wish, sorted(noted - known))


def empty(terms: Terms) -> Iterator[Step]:
    """Empty the staging of one import."""
    for model in (StagedLine, StagedOrder, StagedBuyer):
        delete = f"DELETE FROM {model._meta.db_table} AS s WHERE {{range}}"
        yield from _over(model, EMPTIED, terms, delete)
    yield from column_sets["customers"].empty(terms)


def _over(model: type[models.Model], size: int, terms: Terms, sql: str) -> Iterator[Step]:
    yield from over_staging(model, size, terms, _run, sql)


def _values(terms: Terms, low: int, high: int) -> dict[str, Any]:
    return {
        "import": terms.import_id, "low": low, "high": high, "source": terms.source,
        "quiet": not terms.ticks,
    }  # fmt: skip


def _run(terms: Terms, low: int, high: int, sql: str) -> None:
    run_sql(sql.replace("{range}", RANGE), _values(terms, low, high))


def _take_orders(terms: Terms, low: int, high: int, done: Operation) -> None:
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
    remember_created(done, Order, ids)
    known = (
        f"t.id IN (SELECT s.order_id FROM orders_stagedorder s WHERE {RANGE} AND NOT s.is_new)",
        _values(terms, low, high),
    )
    with changing(done, Order, ORDER_COLUMNS, known):
        _run(terms, low, high, comparing.UPDATE_ORDERS)
        if terms.ticks:
            _run(terms, low, high, LET_FOLLOW)
