"""What newcomers buy first, who of them comes again, and what they buy then."""

from datetime import date, timedelta
from typing import Any

# Who first bought within this time is asked about; habits of long ago say little of today.
LOOKED_BACK = timedelta(days=730)
# So long everybody who is counted had to come again.
BACK_DAYS = 90
MOST_GOODS = 100


def bringing_back(lines: Any, purchases: Any, *, as_of: date) -> Any:
    """Products by how many of those who bought them on their first day were back in 90 days.

    Only newcomers of two years who have had that long. Columns: product, name, customers (whose
    first purchase held it), came (again within 90 days), all_customers and all_came (the same of
    all newcomers whose first purchase is told line by line). The most bought first.
    """
    import ibis

    first, second = _first_two(purchases)
    ripe = first.filter(
        (first.day > ibis.date(as_of - LOOKED_BACK))
        & (first.day <= ibis.date(as_of - timedelta(days=BACK_DAYS)))
    )
    bought = ripe.join(lines, ["customer_id", "day"])
    held = bought.group_by("customer_id", "day", "product").agg(name=bought.name.max())
    then = second.select("customer_id", then=second.day)
    told = held.left_join(then, "customer_id").drop("customer_id_right")
    told = told.mutate(
        came=ibis.coalesce(told.then.delta(told.day, unit="day") <= BACK_DAYS, False)
    )
    everyone = told.group_by("customer_id").agg(came=told.came.max())
    whole = everyone.agg(all_customers=everyone.count(), all_came=everyone.came.cast("int64").sum())
    counted = told.group_by("product").agg(
        name=told.name.max(), customers=told.count(), came=told.came.cast("int64").sum()
    )
    most = counted.order_by(counted.customers.desc(), counted.product).limit(MOST_GOODS)
    return most.cross_join(whole).order_by(ibis.desc("customers"), "product")


def first_and_second(lines: Any, purchases: Any, *, as_of: date) -> Any:
    """What newcomers of two years bought first, and on their second day; by its dearest product.

    Columns: product, name, next_product and next_name (empty: not again yet, or their second day
    is not told line by line), has_come (whether they have come again), customers.
    """
    import ibis

    first, second = _first_two(purchases)
    recent = first.filter(first.day > ibis.date(as_of - LOOKED_BACK))
    dearest = _dearest(lines)
    began = recent.join(dearest, ["customer_id", "day"])
    went_on = second.left_join(dearest, ["customer_id", "day"]).select(
        "customer_id", next_product="product", next_name="name", has_come=ibis.literal(True)
    )
    both = began.left_join(went_on, "customer_id").drop("customer_id_right")
    both = both.mutate(
        next_product=ibis.coalesce(both.next_product, ""),
        next_name=ibis.coalesce(both.next_name, ""),
        has_come=ibis.coalesce(both.has_come, False),
    )
    counted = both.group_by("product", "next_product", "has_come").agg(
        name=both.name.max(), next_name=both.next_name.max(), customers=both.count()
    )
    return counted.order_by(counted.customers.desc(), "product", "next_product", "has_come").select(
        "product", "name", "next_product", "next_name", "has_come", "customers"
    )


def _first_two(purchases: Any) -> tuple[Any, Any]:
    """The first and the second day of everyone who bought: customer_id, day."""
    first = purchases.group_by("customer_id").agg(day=purchases.day.min())
    later = purchases.join(first.select("customer_id", began="day"), "customer_id")
    later = later.filter(later.day > later.began)
    return first, later.group_by("customer_id").agg(day=later.day.min())


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
