"""Comparing prices with what old customers pay and paid, and writing down who is concerned."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Max, Sum

from regulars.core.bulk import rows_of, run_sql
from regulars.core.faults import fault
from regulars.core.pace import REST, Pace
from regulars.orders.models import OrderLine
from regulars.prices.comparing import FOUND, other_currencies, statement
from regulars.prices.models import Concern, Price
from regulars.prices.queries.looking import look_back
from regulars.team.queries import the_named_business

CHECK_JOB = "prices.check"
ROWS_AT_FIRST = 5_000
# Prices that are compared by one statement.
TOGETHER = 200
_WRITE = (
    "INSERT INTO prices_concern (price_id, customer_id, due_minor, most_milli, quantity, last_on,"
    " quoted_milli, seen_at, remedy) SELECT f.price_id, f.customer_id, f.due, f.most,"
    " f.quantity / 1000.0, f.last_on, f.quoted, %s, '' FROM prices_found f"
    " WHERE f.n BETWEEN %s AND %s"
    " ON CONFLICT (price_id, customer_id) WHERE remedy = '' DO UPDATE SET"
    " due_minor = excluded.due_minor, most_milli = excluded.most_milli,"
    " quantity = excluded.quantity, last_on = excluded.last_on,"
    " quoted_milli = excluded.quoted_milli, seen_at = excluded.seen_at"
)


def check_prices(price_ids: Collection[int], *, at: datetime) -> int:
    """Find who pays or paid more than these prices; returns for how many nothing was done yet.

    What somebody reads meanwhile is the last check: each piece is a short transaction, and whoever
    is concerned no more goes at the end. Safe to run again.
    """
    today = the_named_business().day_of(at)
    since = today - timedelta(days=look_back().days)
    standing = Price.objects.not_over(today).filter(pk__in=price_ids)
    ids = sorted(standing.values_list("pk", flat=True))
    return sum(
        _check(ids[start : start + TOGETHER], since, today, at)
        for start in range(0, len(ids), TOGETHER)
    )


def check_all(*, at: datetime) -> int:
    """Every price that can still undercut somebody: planned, to come, or holding now."""
    today = the_named_business().day_of(at)
    return check_prices(Price.objects.not_over(today).values_list("pk", flat=True), at=at)


def _check(ids: list[int], since: date, today: date, at: datetime) -> int:
    up_to = OrderLine.objects.aggregate(last=Max("pk"))["last"] or 0
    named = ", ".join(str(int(one)) for one in ids)
    values = {
        "since": connection.ops.adapt_datefield_value(since),
        "today": connection.ops.adapt_datefield_value(today),
    }
    run_sql(f"DROP TABLE IF EXISTS {FOUND}")
    run_sql(f"CREATE TEMPORARY TABLE {FOUND} AS {statement(named)}", values)
    try:
        _write(at)
    finally:
        if not connection.needs_rollback:
            run_sql(f"DROP TABLE IF EXISTS {FOUND}")
    others: dict[int, dict[str, int]] = {}
    for price_id, currency, count in rows_of(other_currencies(named), values):
        others.setdefault(price_id, {})[currency] = count
    return _sum_up(ids, since, up_to, others, at)


def _write(at: datetime) -> None:
    last = int(rows_of(f"SELECT coalesce(max(n), 0) FROM {FOUND}")[0][0])  # noqa: S608
    moment = connection.ops.adapt_datetimefield_value(at)
    for low, high in Pace(ROWS_AT_FIRST, rest=REST).pieces(1, last):
        with transaction.atomic():
            run_sql(_WRITE, [moment, low, high])
            fault("prices.checked_piece")


@transaction.atomic
def _sum_up(
    ids: list[int], since: date, up_to: int, others: dict[int, dict[str, int]], at: datetime
) -> int:
    """Who was not found again is concerned no more; each price says what its check found."""
    open_now = Concern.objects.unsettled().filter(price__in=ids)
    open_now.filter(seen_at__lt=at).delete()
    rows = open_now.order_by().values("price_id").annotate(n=Count("pk"), sum=Sum("due_minor"))
    found = {row["price_id"]: (row["n"], row["sum"]) for row in rows}
    prices = list(Price.objects.filter(pk__in=ids))
    for price in prices:
        price.checked_at, price.checked_since, price.lines_up_to = at, since, up_to
        price.open_count, price.open_minor = found.get(price.pk, (0, 0))
        price.other_currencies = others.get(price.pk, {})
    Price.objects.bulk_update(
        prices,
        ["checked_at", "checked_since", "lines_up_to", "open_count", "open_minor",
         "other_currencies"],
    )  # fmt: skip
    return sum(count for count, _due in found.values())
