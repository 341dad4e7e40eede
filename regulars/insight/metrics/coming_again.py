"""Who stays: customers by the month of their first purchase, and how soon newcomers come again."""

from datetime import date
from typing import Any

# The steps in which the time since the first purchase is told, and how many of them.
STEP_DAYS = 30
STEPS = 12


def cohorts(days: Any, facts: Any) -> Any:
    """Those on the list by the month in which they first bought, and what they did in each since.

    Columns: came (the month of the first purchase: year times twelve plus month less one), after
    (months since then), customers (who bought in that month), spend_minor (net of all their
    orders in it). Money booked before a first purchase stands with it.
    """
    import ibis

    first = _bought(facts).select("customer_id", "first_on")
    joined = days.join(first, "customer_id")
    came, month = _month(joined.first_on), _month(joined.day)
    placed = joined.mutate(came=came, after=ibis.greatest(month - came, 0))
    of_customers = placed.group_by("came", "after", "customer_id").agg(
        bought=placed.is_purchase.max(), spend_minor=placed.spend_minor.sum()
    )
    return (
        of_customers.group_by("came", "after")
        .agg(
            customers=of_customers.bought.cast("int64").sum(),
            spend_minor=of_customers.spend_minor.sum().cast("int64"),
        )
        .order_by("came", "after")
    )


def newcomers(facts: Any, *, as_of: date) -> Any:
    """How long ago customers first bought, and how long after that again, in steps of 30 days.

    Columns: known (whole steps since the first purchase), again (steps to the second, rounded up;
    0 for those who have not come again), customers. Both are at most one more than the steps told.
    """
    import ibis

    bought = _bought(facts)
    known = ibis.date(as_of).delta(bought.first_on, unit="day")
    told = bought.select(
        known=_steps((known / STEP_DAYS).floor()),
        again=ibis.coalesce(_steps((bought.again_days / STEP_DAYS).ceil()), 0),
    )
    return told.group_by("known", "again").agg(customers=told.count()).order_by("known", "again")


def _bought(facts: Any) -> Any:
    return facts.filter(facts.first_on.notnull())


def _steps(steps: Any) -> Any:
    import ibis

    # `least` of some engines passes over what is missing.
    return ibis.ifelse(steps.notnull(), ibis.least(steps.cast("int64"), STEPS + 1), None)


def _month(day: Any) -> Any:
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1
