"""What customers of a trial bought since, read from their orders in one go."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Exists, F, FloatField, Max, OuterRef, Sum
from django.db.models.functions import Cast

from regulars.customers.models import CustomerQuerySet
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.verdicts.models import Trial
from regulars.verdicts.sizing import NO_SPEND, Spend

if TYPE_CHECKING:
    from regulars.verdicts.effects import Sides

HALF_A_YEAR, A_YEAR = timedelta(days=182), timedelta(days=365)
_AT_ONCE = 50_000

# Spend is net of what was taken back, and added in the business's own currency alone.
_SQL = """
SELECT l.stratum, CASE WHEN l.is_left_out THEN 1 ELSE 0 END,
 count(CASE WHEN o.kind = %(sale)s AND o.placed_on >= %(begin)s THEN 1 END),
 coalesce(sum(CASE WHEN o.currency = %(currency)s AND o.placed_on >= %(begin)s
  THEN o.total_minor END), 0),
 count(CASE WHEN o.kind = %(sale)s AND o.placed_on < %(begin)s AND o.placed_on >= %(half)s
  THEN 1 END),
 coalesce(sum(CASE WHEN o.currency = %(currency)s AND o.placed_on < %(begin)s
  THEN o.total_minor END), 0),
 coalesce(sum(CASE WHEN o.currency = %(currency)s AND o.placed_on < %(begin)s
  AND o.placed_on >= %(before)s THEN o.total_minor END), 0)
FROM verdicts_lot l LEFT JOIN orders_order o ON o.customer_id = l.customer_id
 AND o.placed_on >= %(year)s AND o.placed_on <= %(end)s
WHERE l.trial_id = %(trial)s
GROUP BY l.id, l.stratum, l.is_left_out ORDER BY l.id
"""


@dataclass(frozen=True, slots=True)
class Bought:
    """Whether they bought, and how much they spent, beside what was known before the lot fell."""

    rate: "Sides"
    money: "Sides"


def bought_since(trial: Trial, *, until: date, currency: str) -> Bought:
    """What everybody of whom the lot was drawn bought, whatever reached them (intention to treat).

    The day on which the lot fell is the first that counts.
    """
    import numpy as np

    from regulars.verdicts.effects import Sides

    begin = trial.begins_on
    if begin is None:
        raise ValueError(f"the lot of {trial} has not fallen")
    rows = _columns(
        {
            "trial": trial.pk, "sale": OrderKind.SALE.value, "currency": currency,
            "begin": begin.isoformat(), "end": until.isoformat(),
            "half": (begin - HALF_A_YEAR).isoformat(), "year": (begin - A_YEAR).isoformat(),
            "before": (begin - timedelta(days=trial.window_days)).isoformat(),
        }
    )  # fmt: skip
    stratum, left, sales, spend, past_sales, past_spend, spend_before = rows
    habit, means = np.log1p(past_sales), np.log1p(np.maximum(past_spend, 0))
    is_left_out = left.astype(bool)
    return Bought(
        Sides((sales > 0).astype(float), is_left_out, stratum, np.column_stack([habit, means])),
        Sides(
            spend.astype(float), is_left_out, stratum,
            np.column_stack([past_spend, spend_before, habit]),
        ),
    )  # fmt: skip


def _columns(values: dict[str, Any]) -> list[Any]:
    """Each column of the answer, fetched in stretches, so that a million rows fit."""
    import numpy as np

    parts: list[Any] = []
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        while rows := cursor.fetchmany(_AT_ONCE):
            parts.append(np.array(rows, dtype=np.float64))
    found = np.concatenate(parts) if parts else np.zeros((0, 7))
    return [found[:, place] for place in range(found.shape[1])]


def books_end_on() -> date | None:
    """The day of the latest order that has come in."""
    last: date | None = Order.objects.aggregate(last=Max("placed_on"))["last"]
    return last


def share_who_bought(customers: CustomerQuerySet, *, before: date, days: int) -> float:
    """Which share of them bought in so many days before: what to expect without doing anything."""
    bought = Order.objects.filter(
        customer=OuterRef("pk"), kind=OrderKind.SALE, placed_on__lt=before,
        placed_on__gte=before - timedelta(days=days),
    )  # fmt: skip
    count = customers.count()
    return customers.filter(Exists(bought)).count() / count if count else 0.0


def spend_before(customers: CustomerQuerySet, *, before: date, days: int, currency: str) -> Spend:
    """What each of them spent in so many days before, net, those who bought nothing included."""
    orders = Order.objects.filter(
        customer__in=customers.order_by().values("pk"), currency=currency, placed_on__lt=before,
        placed_on__gte=before - timedelta(days=days),
    )  # fmt: skip
    net = Cast(Sum("total_minor"), FloatField())
    each = orders.order_by().values("customer").annotate(net=net)
    sums = each.aggregate(total=Sum("net"), squares=Sum(F("net") * F("net")))
    count = customers.count()
    if not count or sums["total"] is None:
        return NO_SPEND
    mean = sums["total"] / count
    return Spend(mean, sqrt(max(0.0, sums["squares"] / count - mean**2)))
