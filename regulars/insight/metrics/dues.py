"""Who is due and who is overdue: over the facts of a count."""

from datetime import date, timedelta
from typing import Any

from regulars.insight.choices import Tier

# Days from the day counted to until the last day of each stretch; the first has no beginning.
UNTIL = (-29, -15, -8, -1, 6, 13, 29, 59)
GONE = (Tier.LAPSED.value, Tier.LOST.value)


def dues(facts: Any, overrides: Any, *, as_of: date) -> Any:
    """Customers by the day on which their rhythm expects them, in stretches of days.

    Those who lapsed are not waited for. Columns: from_on (empty for all before), to_on, customers,
    slipping (how many of them are past what is usual for them), stake_minor (what a year of them
    is worth, together).
    """
    import ibis

    by_hand = overrides.select("customer_id", by_hand=overrides.tier)
    shown = facts.left_join(by_hand, "customer_id").drop("customer_id_right")
    shown = shown.mutate(tier=ibis.coalesce(shown.by_hand, shown.tier))
    waited = shown.filter(shown.due_on.notnull() & shown.tier.notin(GONE))
    ends = [as_of + timedelta(days=days) for days in UNTIL]
    place = ibis.cases(
        *((waited.due_on <= ibis.date(end), number) for number, end in enumerate(ends)),
        else_=len(ends),
    )
    placed = waited.mutate(place=place).filter(lambda one: one.place < len(ends))
    counted = placed.group_by("place").agg(
        customers=placed.count(),
        slipping=(placed.tier == Tier.SLIPPING.value).cast("int64").sum(),
        stake_minor=placed.stake_minor.sum().cast("int64"),
    )
    to_on = ibis.cases(*((counted.place == n, ibis.date(end)) for n, end in enumerate(ends)))
    starts = [end + timedelta(days=1) for end in ends[:-1]]
    from_on = ibis.cases(
        *((counted.place == n, ibis.date(start)) for n, start in enumerate(starts, 1))
    )
    return (
        counted.mutate(from_on=from_on, to_on=to_on)
        .order_by("place")
        .select("from_on", "to_on", "customers", "slipping", "stake_minor")
    )
