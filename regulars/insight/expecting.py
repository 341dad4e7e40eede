"""What the days ahead may bring of each customer, near enough to find and to sort people by it.

Worked out again with the figures of the pages. A row is written anew where it is no longer near:
so a day that passes rewrites few.
"""

from typing import Any

from django.db import transaction

from regulars.core.pace import REST, Pace
from regulars.customers.models import Customer
from regulars.insight.counting import Counted
from regulars.insight.modelling import chances_of
from regulars.insight.models import Expected

TYPES = {"customer_id": "int64", "purchases": "float64", "spend_minor": "int64"}
KEPT = "SELECT customer_id, purchases, spend_minor FROM insight_expected WHERE customer_id > 0"
# As near as a twentieth, and a tenth of a purchase or a whole unit of most currencies besides.
NEAR, LEAST_PURCHASES, LEAST_MINOR = 0.05, 0.1, 100
ROWS_AT_FIRST = 1_000


def keep_expected(result: Counted) -> int:
    """Write what is to be expected of everyone of whom that can be told; returns how many moved.

    Must not be called inside a transaction.
    """
    counter = result.counter
    before = counter.load("expected_before", KEPT, TYPES)
    counter.end_loading()
    now = counter.keep("expected_now", _told(result))
    moved = counter.store(
        _moved(now, before), table=Expected._meta.db_table, key="customer_id",
        among=(Customer._meta.db_table, "id"),
    )  # fmt: skip
    gone = counter.columns(before.anti_join(now, "customer_id").select("customer_id"))
    _let_go(sorted(int(pk) for pk in gone["customer_id"]))
    return moved


def _told(result: Counted) -> Any:
    """Of kinds of which too little is known nothing is told, as on a customer's own page."""
    from regulars.insight.metrics.rounding import rounded

    groups = result.rhythm["groups"]
    kinds = [kind for kind, group in groups.items() if not group["is_a_guess"]]
    theirs = result.customers.filter(result.customers.kind.isin(kinds))
    found = chances_of(result).semi_join(theirs, "customer_id")
    return found.select(
        "customer_id", purchases=rounded(found.purchases, 1), spend_minor=found.spend_minor
    )


def _moved(now: Any, before: Any) -> Any:
    """Whoever is new, or no longer near what is kept of them."""
    kept = before.select("customer_id", was=before.purchases, was_minor=before.spend_minor)
    both = now.left_join(kept, "customer_id").drop("customer_id_right")
    far = (both.purchases - both.was).abs() > LEAST_PURCHASES + NEAR * both.was
    far_minor = (both.spend_minor - both.was_minor).abs() > LEAST_MINOR + NEAR * both.was_minor
    return both.filter(both.was.isnull() | far | far_minor).select(*TYPES)


def _let_go(ids: list[int]) -> None:
    for low, high in Pace(ROWS_AT_FIRST, rest=REST).pieces(0, len(ids) - 1):
        with transaction.atomic():
            Expected.objects.filter(pk__in=ids[low : high + 1]).delete()
