"""Who gets nothing to read now: something that they wait for is open.

Rooms above say so too (a case, a complaint): each gives the ids of its customers as a query.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from regulars.core.registry import Registry
from regulars.messaging.choices import Holds
from regulars.messaging.models import Hold
from regulars.promises.models import Promise

if TYPE_CHECKING:
    from django.db.models import QuerySet

Open = Callable[[datetime], "QuerySet[Any, Any]"]
# By their name: queries of `customer_id`.
open_matters: Registry[Open] = Registry("open matters")


def _late_promises(at: datetime) -> "QuerySet[Any, Any]":
    rows = Promise.objects.late_at(at).filter(customer__isnull=False)
    return rows.order_by().values("customer_id")


def _held(at: datetime) -> "QuerySet[Any, Any]":
    # A hold of what sells alone stands in nobody's way here.
    rows = Hold.objects.standing_at(at).filter(customer__isnull=False).exclude(stops=Holds.SELLING)
    return rows.order_by().values("customer_id")


open_matters.register("late promises", _late_promises)
open_matters.register("holds", _held)


def without_open_matters(rows: "QuerySet[Any, Any]", at: datetime, *, of: str = "customer") -> Any:
    """The rows of customers for whom nothing is open; `of` is the path to the customer."""
    for matter in open_matters:
        rows = rows.exclude(**{f"{of}__in": matter(at)})
    return rows


def has_open_matter(customer_id: int, at: datetime) -> bool:
    """Whether this customer waits for something of ours."""
    return any(matter(at).filter(customer_id=customer_id).exists() for matter in open_matters)
