"""Whole weeks of seven days, the last of which ends on a day: who bought, and for how much."""

from datetime import date
from typing import Any

DAYS = 7


def weeks(days: Any, *, until: date) -> Any:
    """Columns: back (0 is the week that ends on `until`), customers (who bought), spend_minor.

    Orders after `until` are not seen; a week without any has no row.
    """
    import ibis

    seen = days.filter(days.day <= ibis.date(until))
    passed = ibis.date(until).delta(seen.day, unit="day")
    placed = seen.mutate(back=(passed // DAYS).cast("int64"))
    of_customers = placed.group_by("back", "customer_id").agg(
        bought=placed.is_purchase.max(), spend_minor=placed.spend_minor.sum()
    )
    return (
        of_customers.group_by("back")
        .agg(
            customers=of_customers.bought.cast("int64").sum().cast("int64"),
            spend_minor=of_customers.spend_minor.sum().cast("int64"),
        )
        .order_by("back")
    )


def by_day(days: Any, *, until: date) -> Any:
    """Columns: day, spend_minor, purchases; days without an order have no row."""
    import ibis

    seen = days.filter(days.day <= ibis.date(until))
    return (
        seen.group_by("day")
        .agg(
            spend_minor=seen.spend_minor.sum().cast("int64"),
            purchases=seen.is_purchase.cast("int64").sum().cast("int64"),
        )
        .order_by("day")
    )
