"""What a forecast is laid beside: what the days before brought from those who were known then."""

from datetime import date, timedelta
from typing import Any

YEAR = timedelta(days=365)


def brought(purchases: Any, facts: Any, *, after: date, until: date) -> Any:
    """Purchases in a stretch of days by those who had bought before it; one row.

    Columns: purchases, spend_minor, customers (how many of them bought).
    """
    import ibis

    known = facts.filter(facts.first_on <= ibis.date(after))
    theirs = purchases.filter(
        (purchases.day > ibis.date(after)) & (purchases.day <= ibis.date(until))
    ).semi_join(known, "customer_id")
    return theirs.agg(
        purchases=theirs.count(),
        spend_minor=ibis.coalesce(theirs.spend_minor.sum(), 0).cast("int64"),
        customers=theirs.customer_id.nunique(),
    )


def a_purchase(purchases: Any, *, as_of: date) -> Any:
    """What a purchase brings: its mean and variance over the last 365 days, newcomers' firsts left
    out; one row with purchases, mean_minor and variance.
    """
    import ibis

    first = purchases.group_by("customer_id").agg(first=purchases.day.min())
    again = purchases.join(first, "customer_id")
    again = again.filter((again.day > again["first"]) & (again.day > ibis.date(as_of - YEAR)))
    return again.agg(
        purchases=again.count(),
        mean_minor=ibis.coalesce(again.spend_minor.mean(), 0.0),
        variance=ibis.coalesce(again.spend_minor.var(how="pop"), 0.0),
    )
