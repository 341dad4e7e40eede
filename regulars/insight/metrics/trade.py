"""When the business trades: its months and its weekdays, over all orders of known customers."""

from datetime import date, timedelta
from typing import Any

YEAR = timedelta(days=365)


def months(days: Any, facts: Any, calendar: Any, *, as_of: date) -> Any:
    """Every month with an order or an open day.

    Columns: month (year times twelve plus month less one), customers (on the list, who bought),
    purchases, newcomers (on the list, who bought for the first time), spend_minor (net of all
    orders, whoever has left the list since), open_days.
    """
    import ibis

    first = facts.select("customer_id", first=facts.first_on, is_listed=ibis.literal(True))
    placed = days.left_join(first, "customer_id").drop("customer_id_right")
    placed = placed.mutate(month=_month(placed.day), is_first=placed.day == placed["first"])
    of_customers = placed.group_by("month", "customer_id").agg(
        purchases=placed.is_purchase.cast("int64").sum(),
        is_new=(placed.is_purchase & placed.is_first).max(),
        is_listed=placed.is_listed.max(),
        spend_minor=placed.spend_minor.sum(),
    )
    is_buyer = ibis.coalesce(of_customers.is_listed, False) & (of_customers.purchases > 0)
    done = of_customers.group_by("month").agg(
        customers=is_buyer.cast("int64").sum(),
        purchases=of_customers.purchases.sum().cast("int64"),
        newcomers=ibis.coalesce(of_customers.is_new, False).cast("int64").sum(),
        spend_minor=of_customers.spend_minor.sum().cast("int64"),
    )
    past = calendar.filter(calendar.day <= ibis.date(as_of))
    past = past.mutate(month=_month(past.day))
    opened = past.group_by("month").agg(open_days=past.is_open.cast("int64").sum())
    whole = opened.left_join(done, "month").drop("month_right")
    return whole.select(
        "month",
        *(
            ibis.coalesce(whole[name], 0).cast("int64").name(name)
            for name in ("customers", "purchases", "newcomers", "spend_minor")
        ),
        "open_days",
    ).order_by("month")


def weekdays(days: Any, facts: Any, calendar: Any, *, as_of: date) -> Any:
    """The weekdays of the last 365 days.

    Columns: weekday (0 is Monday), customers (on the list, who bought on such a day), purchases,
    spend_minor (net of all orders, whoever has left the list since), open_days.
    """
    import ibis

    after = ibis.date(as_of - YEAR)
    within = days.filter(days.day > after)
    within = within.mutate(weekday=within.day.day_of_week.index().cast("int64"))
    bought = within.filter(within.is_purchase).semi_join(facts, "customer_id")
    who = bought.group_by("weekday").agg(customers=bought.customer_id.nunique())
    done = within.group_by("weekday").agg(
        purchases=within.is_purchase.cast("int64").sum(),
        spend_minor=within.spend_minor.sum().cast("int64"),
    )
    past = calendar.filter((calendar.day <= ibis.date(as_of)) & (calendar.day > after))
    past = past.mutate(weekday=past.day.day_of_week.index().cast("int64"))
    opened = past.group_by("weekday").agg(open_days=past.is_open.cast("int64").sum())
    whole = opened.left_join(done, "weekday").drop("weekday_right")
    whole = whole.left_join(who, "weekday").drop("weekday_right")
    return whole.select(
        "weekday",
        customers=ibis.coalesce(whole.customers, 0).cast("int64"),
        purchases=ibis.coalesce(whole.purchases, 0).cast("int64"),
        spend_minor=ibis.coalesce(whole.spend_minor, 0).cast("int64"),
        open_days=whole.open_days,
    ).order_by("weekday")


def _month(day: Any) -> Any:
    return day.year().cast("int64") * 12 + day.month().cast("int64") - 1
