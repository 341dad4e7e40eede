"""Who is counted: everyone, those whose books changed, or nobody but those whose day has come."""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count as CountOf

from regulars.core.bulk import rows_of, write_rows
from regulars.core.pace import REST, Pace
from regulars.customers.choices import RelationKind
from regulars.customers.models import Relation
from regulars.insight.basis import Basis
from regulars.insight.choices import Way
from regulars.insight.counting import Count
from regulars.insight.models import KeptFigure, Recount, Refresh
from regulars.insight.watch import is_watched
from regulars.orders.models import Order
from regulars.team.models import Closure

# Estimates of the groups are never older than this, and rest on no less than four in five.
FULL_EVERY = timedelta(days=7)
MOST_RECOUNTED = 0.2
# Below, everyone is counted about as quickly as some.
LEAST_CUSTOMERS = 5_000
# More days than these at once, and nearly everybody's have come.
MOST_DAYS = timedelta(days=31)
# How many notes go into the first transaction; the next ones by what it took.
ROWS_AT_FIRST = 10_000
# Figures that stand from one count of everyone to the next.
RESTING = ("flows",)
FORMULAS = ("metrics/*.py", "fitting/renewing.py", "*.py")

_ORDERS_OF_THE_DAYS = """
    SELECT customer_id FROM orders_order
    WHERE placed_on > %s AND placed_on <= %s AND customer_id IS NOT NULL
    EXCEPT SELECT customer_id FROM insight_recount
"""
# What a department is worth follows from those whom it serves, departments among them.
_DEPARTMENTS = """
    WITH RECURSIVE
    first AS (
        SELECT customer_id FROM insight_recount
        UNION SELECT of_id FROM customers_relation WHERE kind = 'serves' AND (
            to_id IN (SELECT customer_id FROM insight_recount)
            OR (since_on > %(last)s AND since_on <= %(day)s)
            OR (until_on > %(last)s AND until_on <= %(day)s))
    ),
    again AS (
        SELECT customer_id FROM first
        UNION SELECT r.to_id FROM again JOIN customers_relation r
            ON r.of_id = again.customer_id AND r.kind = 'serves'
            JOIN customers_customer c ON c.id = r.to_id AND c.kind = 'department'
    )
    SELECT customer_id FROM again EXCEPT SELECT customer_id FROM insight_recount
"""


def way_for(count: Count, last: Refresh | None, *, full: bool | None) -> Way:
    """Who is to be counted; `full` False counts as few as can be, whatever the size of the list.

    Notes those whom the days since the last count bring, besides those who are noted already.
    """
    if full or last is None or not _is_its_sequel(count, last):
        return Way.FULL
    _note_days_since(last.as_of, count.as_of)
    noted = Recount.objects.aggregate(customers=CountOf("customer_id", distinct=True))["customers"]
    if full is None and _is_time_for_everyone(count, last, noted):
        return Way.FULL
    return Way.CHANGED if noted else Way.DAY


def _is_its_sequel(count: Count, last: Refresh) -> bool:
    """Whether what went for everybody then goes for everybody now."""
    return (
        count.is_onward
        and count.as_of - last.as_of <= MOST_DAYS
        and last.basis.get("mark") == mark_of(count)
        and Basis.of(last.basis).begin_on == _first_day(count.as_of)
        and is_watched()
    )


def _is_time_for_everyone(count: Count, last: Refresh, noted: int) -> bool:
    if last.full_on is None or count.as_of - last.full_on >= FULL_EVERY:
        return True
    drifted = last.recounted_count + noted > MOST_RECOUNTED * last.customer_count
    return bool(noted) and (drifted or last.customer_count < LEAST_CUSTOMERS)


def _note_days_since(last: date, day: date) -> None:
    """Orders of days to come may be in the books before their day."""
    if last < day:
        _note(_ORDERS_OF_THE_DAYS, [last.isoformat(), day.isoformat()])
    if Relation.objects.filter(kind=RelationKind.SERVES).exists():
        _note(_DEPARTMENTS, {"last": last.isoformat(), "day": day.isoformat()})


def _note(which: str, values: Sequence[Any] | dict[str, Any]) -> None:
    # Looked for before the first is written: nobody waits for a look at all orders of some days.
    found = rows_of(which, values)
    for low, high in Pace(ROWS_AT_FIRST, rest=REST).pieces(0, len(found) - 1):
        with transaction.atomic():
            write_rows(Recount, ["customer_id"], found[low : high + 1])


def as_it_stands(count: Count, last: Refresh | None) -> Count:
    """The same count, or with the facts as they stand, where they are of that very day."""
    if last is None or not last.basis or last.as_of != count.as_of:
        return count
    if not _is_its_sequel(count, last) or Recount.objects.exists():
        return count
    return replace(count, basis=Basis.of(last.basis), as_counted=last.rhythm)


def resting(count: Count, last: Refresh | None) -> frozenset[str]:
    """Figures that stand from one count of everyone to the next, on a list that has counts of some.

    Of those who move month by month all months are worked out by the rhythm known today, which
    such a count alone tells anew; with a new month they are asked for again.
    """
    if last is None or count.as_counted is None or last.way == Way.FULL or last.full_on is None:
        return frozenset()
    month = count.as_of.replace(day=1)
    stands = KeptFigure.objects.filter(
        name__in=RESTING, as_of__gte=max(last.full_on, month), as_of__lte=count.as_of
    )
    return frozenset(stands.values_list("name", flat=True))


def _first_day(day: date) -> date | None:
    """The first day in the books, as a count up to a day sees them."""
    known = Order.objects.filter(customer__isnull=False, placed_on__lte=day)
    first: date | None = known.order_by("placed_on").values_list("placed_on", flat=True).first()
    return first


def mark_of(count: Count) -> str:
    """What everybody's facts depend on besides orders: currency, days closed and the formulas."""
    closed = sorted(Closure.objects.values_list("starts_on", "ends_on"))
    return f"{count.currency} {zlib.crc32(repr(closed).encode()):x} {_formulas():x}"


@cache
def _formulas() -> int:
    """A new version may count otherwise: then everyone is counted once."""
    here, found = Path(__file__).parent, 0
    for pattern in FORMULAS:
        for path in sorted(here.glob(pattern)):
            found = zlib.crc32(path.read_bytes(), found)
    return found
