"""How much hangs on how few."""

from typing import Any

STEPS = 100


def concentration(facts: Any) -> Any:
    """Share of the money of the last 365 days by customers, biggest first, in a hundred steps.

    Columns: customers (how many of the biggest), spend_minor (what they spent together),
    total_minor, buyers, least_minor (what the least of them spent), alike (how many spent that
    and more: where several spent the same, which of them are among the biggest is chance).
    """
    import ibis

    # A name that is no person (“cash sale”) is nobody to hang on.
    buyers = facts.filter((facts.year_spend_minor > 0) & (facts.crowd_sales == 0))
    order = [buyers.year_spend_minor.desc(), buyers.customer_id]
    everyone = ibis.window()
    ranked = buyers.select(
        amount=buyers.year_spend_minor,
        place=ibis.row_number().over(ibis.window(order_by=order)) + 1,
        together=buyers.year_spend_minor.sum().over(
            ibis.window(order_by=order, preceding=(None, 0))
        ),
        total_minor=buyers.year_spend_minor.sum().over(everyone),
        buyers=buyers.count().over(everyone),
    )
    ranked = ranked.mutate(step=(ranked.place * STEPS / ranked.buyers).ceil().cast("int64"))
    steps = ranked.group_by("step", "total_minor", "buyers").agg(
        customers=ranked.place.max(),
        spend_minor=ranked.together.max().cast("int64"),
        least_minor=ranked.amount.min(),
    )
    ends = ranked.group_by("amount").agg(alike=ranked.place.max())
    found = steps.join(ends, steps.least_minor == ends.amount).drop("amount")
    return found.order_by("customers")
