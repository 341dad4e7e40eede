"""What a year of a customer is worth to us."""

from datetime import date
from typing import Any

from regulars.insight.metrics.rounding import whole


def yearly_sums(standing: Any, *, books_end_on: date) -> Any:
    """The sums from which a group's yearly purchases are estimated, by kind.

    Customers are watched from their first purchase to the last day in the books, so that a new
    day without orders changes nothing.
    """
    import ibis

    end = ibis.date(books_end_on)
    years = end.delta(standing.first_on, unit="day").cast("float64") / 365
    seen = standing.mutate(years=years, repeats=(standing.purchase_count - 1).cast("float64"))
    per_purchase = seen.window_spend_minor / seen.window_purchases
    return seen.group_by("kind").agg(
        customer_count=seen.count(),
        repeats=seen.repeats.sum(),
        years=seen.years.sum(),
        repeats_squared=(seen.repeats * seen.repeats).sum(),
        repeats_years=(seen.repeats * seen.years).sum(),
        years_squared=(seen.years * seen.years).sum(),
        spend_minor=per_purchase.median(),
    )


def stakes(standing: Any) -> Any:
    """Spend of a purchase times purchases of a year, each leaning on the group's.

    Both are taken from the customer's last year with us. One purchase of the group's middle spend
    is added to one's own; purchases a year lean on the group's as gamma and Poisson have it, so
    that three purchases in a first week are not taken for a hundred and fifty a year.
    """
    import ibis

    tenure = standing.last_on.delta(standing.first_on, unit="day")
    years = ibis.least(tenure, 365).cast("float64") / 365
    repeats = standing.window_purchases - 1
    a_year = (repeats + standing.shape) / (years + standing.shape / standing.repeats_a_year)
    per_purchase = (standing.window_spend_minor + standing.group_spend_minor) / (
        standing.window_purchases + 1
    )
    worth = ibis.greatest(per_purchase * a_year, 0.0)
    return standing.mutate(stake_minor=whole(worth))


def middle_stakes(stakes: Any) -> Any:
    """The middle stake of each kind: what those without orders are taken for."""
    return stakes.group_by("kind").agg(
        customer_count=stakes.count(), stake_minor=stakes.stake_minor.median()
    )


def served(services: Any, everyone: Any) -> Any:
    """The middle stake of those whom a department serves."""
    theirs = services.join(everyone.select("customer_id", "stake_minor"), "customer_id")
    middle = theirs.group_by("department_id").agg(served_minor=theirs.stake_minor.median())
    return middle.select("department_id", served_minor=whole(middle.served_minor))
