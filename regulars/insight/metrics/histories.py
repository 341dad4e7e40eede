"""What the models see of a customer: how often they came back, when last, since when, for how much.

Times are open days from the first purchase: days closed are not the customer's.
"""

from datetime import date
from typing import Any


def histories(purchases: Any, calendar: Any, *, as_of: date) -> Any:
    """One row for everyone who bought by `as_of`.

    Columns: customer_id, repeats (purchases after the first), recency and age (open days from the
    first purchase to the last, and to `as_of`), repeat_spend_minor (mean of the repeats; 0.0
    without). Someone's first purchase says how they came, not what they spend when they come back.
    """
    import ibis

    day = ibis.date(as_of)
    until = purchases.filter(purchases.day <= day)
    end = calendar.filter(calendar.day == day).select(end_ordinal=calendar.ordinal)
    first = until.group_by("customer_id").agg(first_ordinal=until.ordinal.min())
    joined = until.join(first, "customer_id")
    again = joined.day > joined.day.min().over(ibis.window(group_by=joined.customer_id))
    marked = joined.mutate(is_again=again)
    counted = marked.group_by("customer_id", "first_ordinal").agg(
        repeats=marked.is_again.sum().cast("int64"),
        last_ordinal=marked.ordinal.max(),
        repeat_spend_minor=ibis.coalesce(marked.spend_minor.mean(where=marked.is_again), 0.0),
    )
    dated = counted.cross_join(end)
    return dated.select(
        "customer_id",
        "repeats",
        recency=(dated.last_ordinal - dated.first_ordinal).cast("int64"),
        age=(dated.end_ordinal - dated.first_ordinal).cast("int64"),
        repeat_spend_minor=dated.repeat_spend_minor,
    )


def cells(histories: Any) -> Any:
    """How many customers have each history: what BG/NBD and Pareto/NBD are fitted to."""
    return histories.group_by("repeats", "recency", "age").agg(customers=histories.count())


def spends(histories: Any) -> Any:
    """Repeats and their mean, of everyone who came back and spent: for Gamma-Gamma."""
    spent = histories.filter((histories.repeats > 0) & (histories.repeat_spend_minor > 0))
    # In an order of their own: sums of the fit come out alike however the engine hands them over.
    return spent.select("repeats", "repeat_spend_minor").order_by("repeats", "repeat_spend_minor")


def came_again(purchases: Any, *, after: date, until: date) -> Any:
    """How many purchases each customer made after one day and up to another."""
    import ibis

    theirs = purchases.filter(
        (purchases.day > ibis.date(after)) & (purchases.day <= ibis.date(until))
    )
    return theirs.group_by("customer_id").agg(came=theirs.count())
