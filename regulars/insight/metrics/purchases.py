"""From orders to purchases: how often, how recently, for how much."""

from datetime import date, timedelta
from typing import Any

YEAR = timedelta(days=365)


def days(orders: Any) -> Any:
    """What each customer did on each day.

    Orders of one day are one visit; cancellations and adjustments lower the spend of their day
    and are no purchase.
    """
    import ibis

    return orders.group_by("customer_id", "day").agg(
        # No amount at all (another currency) adds nothing, and is still a purchase.
        spend_minor=ibis.coalesce(orders.spend_minor.sum(), 0).cast("int64"),
        sale_count=orders.is_sale.sum().cast("int64"),
        is_purchase=orders.is_sale.max() == 1,
    )


# Nobody buys so often in a day, day after day; a name like “cash sale” does.
LEAST_SALES_OF_A_CROWD = 1000
SALES_A_DAY_OF_A_CROWD = 10


def crowds(days: Any) -> Any:
    """Names that are no person: a thousand sales and more, ten and more on a day with any."""
    bought = days.filter(days.is_purchase)
    sums = bought.group_by("customer_id").agg(
        crowd_sales=bought.sale_count.sum().cast("int64"), days=bought.count()
    )
    found = sums.filter(
        (sums.crowd_sales >= LEAST_SALES_OF_A_CROWD)
        & (sums.crowd_sales >= SALES_A_DAY_OF_A_CROWD * sums.days)
    )
    return found.select("customer_id", "crowd_sales")


def purchases(days: Any, calendar: Any) -> Any:
    """The days with a sale, numbered by open days."""
    bought = days.filter(days.is_purchase)
    return bought.join(calendar, "day").select("customer_id", "day", "spend_minor", "ordinal")


def money(days: Any, *, as_of: date) -> Any:
    """What each customer spent net of all kinds: ever, and in the 365 days up to `as_of`.

    `year_squares` are the squares of what they spent on each day of those.
    `leaves_on` is the day on which the earliest of those days will no longer be among the 365.
    """
    return days.group_by("customer_id").agg(**_sums(days, as_of))


def _sums(days: Any, as_of: date) -> dict[str, Any]:
    import ibis

    in_the_year = days.day > ibis.date(as_of - YEAR)
    spend = days.spend_minor.cast("float64")
    return {
        "spend_minor": days.spend_minor.sum().cast("int64"),
        "year_squares": ibis.coalesce((spend * spend).sum(where=in_the_year), 0.0),
        "year_spend_minor": ibis.coalesce(days.spend_minor.sum(where=in_the_year), 0).cast("int64"),
        "leaves_on": (days.day.min(where=in_the_year) + ibis.interval(days=365)).cast("date"),
    }


def money_of_buyers(days: Any, last: Any, *, as_of: date) -> Any:
    """The same, with what each bought in the 365 days up to the last purchase, and for how much.

    `last` has `last_on` of those who bought; the others have nothing there. Their last year with
    us says what they are worth to us also when it is over, and a new day does not change it.
    """
    import ibis

    before = (last.last_on - ibis.interval(days=365)).cast("date")
    joined = days.left_join(last.select("customer_id", before=before), "customer_id")
    known = joined.drop("customer_id_right")
    theirs = ibis.coalesce(known.day > known.before, False)
    return known.group_by("customer_id").agg(
        **_sums(known, as_of),
        window_spend_minor=known.spend_minor.sum(where=theirs).cast("int64"),
        window_purchases=known.is_purchase.cast("int64").sum(where=theirs).cast("int64"),
    )
