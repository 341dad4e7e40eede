"""What newcomers buy first, who of them comes again, and what they buy then."""

from datetime import date, timedelta
from typing import Any

# Who first bought within this time is asked about; habits of long ago say little of today.
LOOKED_BACK = timedelta(days=730)
# So long everybody who is counted had to come again.
BACK_DAYS = 90
MOST_GOODS = 100
# So many a page lists, with the customers behind each.
MOST_LISTED = 25


def begun_with(lines: Any, facts: Any, *, as_of: date) -> Any:
    """Newcomers of two years who have had 90 days since, and each product of their first day.

    Columns: customer_id, product, name, came (again within 90 days), stake_minor.
    """
    import ibis

    recent = _newcomers(facts, as_of)
    ripe = recent.filter(recent.day <= ibis.date(as_of - timedelta(days=BACK_DAYS)))
    bought = ripe.join(lines, ["customer_id", "day"])
    held = bought.group_by("customer_id", "product").agg(
        name=bought.name.max(),
        came=(bought.again_days <= BACK_DAYS).max(),
        stake_minor=bought.stake_minor.max(),
    )
    return held.mutate(came=ibis.coalesce(held.came, False))


def bringing_back(told: Any) -> Any:
    """Products by how many of those who bought them on their first day were back in 90 days.

    Of what `begun_with` gave. Columns: product, name, customers (whose first purchase held it),
    came (again within 90 days), all_customers and all_came (the same of all newcomers whose first
    purchase is told line by line). The most bought first.
    """
    import ibis

    everyone = told.group_by("customer_id").agg(came=told.came.max())
    whole = everyone.agg(all_customers=everyone.count(), all_came=everyone.came.cast("int64").sum())
    counted = told.group_by("product").agg(
        name=told.name.max(), customers=told.count(), came=told.came.cast("int64").sum()
    )
    most = counted.order_by(counted.customers.desc(), counted.product).limit(MOST_GOODS)
    return most.cross_join(whole).order_by(ibis.desc("customers"), "product")


def first_steps(lines: Any, facts: Any, *, as_of: date) -> Any:
    """What newcomers of two years bought first, and on their second day; by its dearest product.

    Columns: customer_id, product, name, next_product and next_name (empty: not again yet, or their
    second day is not told line by line), has_come (whether they have come again), stake_minor.
    """
    import ibis

    recent = _newcomers(facts, as_of)
    dearest = _dearest(lines)
    began = recent.join(dearest, ["customer_id", "day"])
    again = recent.filter(recent.again_days.notnull())
    second = again.select("customer_id", day=again.day + again.again_days.as_interval("D"))
    second = second.mutate(day=second.day.cast("date"))
    went_on = second.join(dearest, ["customer_id", "day"]).select(
        "customer_id", next_product="product", next_name="name"
    )
    both = began.left_join(went_on, "customer_id").drop("customer_id_right")
    return both.mutate(
        next_product=ibis.coalesce(both.next_product, ""),
        next_name=ibis.coalesce(both.next_name, ""),
        has_come=both.again_days.notnull(),
    )


def first_and_second(steps: Any) -> Any:
    """How many went each way, of what `first_steps` gave; the most usual first."""
    counted = steps.group_by("product", "next_product", "has_come").agg(
        name=steps.name.max(), next_name=steps.next_name.max(), customers=steps.count()
    )
    return counted.order_by(counted.customers.desc(), "product", "next_product", "has_come").select(
        "product", "name", "next_product", "next_name", "has_come", "customers"
    )


def _newcomers(facts: Any, as_of: date) -> Any:
    """Those on the list who first bought within two years: customer_id, day and what follows."""
    import ibis

    recent = facts.filter(facts.first_on > ibis.date(as_of - LOOKED_BACK))
    return recent.select("customer_id", "again_days", "stake_minor", day=recent.first_on)


def _dearest(lines: Any) -> Any:
    """The product of each customer's day on which most was spent."""
    import ibis

    of_days = lines.group_by("customer_id", "day", "product").agg(
        name=lines.name.max(), spend_minor=lines.spend_minor.sum()
    )
    order = ibis.window(
        group_by=[of_days.customer_id, of_days.day],
        order_by=[of_days.spend_minor.desc(), of_days["product"]],
    )
    ranked = of_days.mutate(place=ibis.row_number().over(order))
    return ranked.filter(ranked.place == 0).select("customer_id", "day", "product", "name")
