"""The list by tier, and who is slipping: over the facts of a count."""

from typing import Any

from regulars.insight.choices import Tier


def by_tier(facts: Any, overrides: Any) -> Any:
    """How many customers each tier has and what they are worth; what a person set wins."""
    import ibis

    by_hand = overrides.select("customer_id", by_hand=overrides.tier)
    shown = facts.left_join(by_hand, "customer_id").drop("customer_id_right")
    shown = shown.mutate(tier=ibis.coalesce(shown.by_hand, shown.tier))
    order = ibis.cases(
        *((shown.tier == tier, place) for place, tier in enumerate(Tier.values)), else_=99
    )
    counted = shown.group_by("tier", place=order).agg(
        customers=shown.count(),
        year_spend_minor=shown.year_spend_minor.sum().cast("int64"),
        stake_minor=shown.stake_minor.sum().cast("int64"),
    )
    return counted.order_by("place").drop("place")


def slipping(facts: Any, overrides: Any) -> Any:
    """Customers past what is usual for them and not yet lapsed, worth most first."""
    late = facts.filter(facts.tier == Tier.SLIPPING.value)
    late = late.anti_join(overrides, "customer_id")
    return late.order_by(late.stake_minor.desc(), late.customer_id).select(
        "customer_id", "usual_gap_days", "last_on", "due_on", "slipping_on", "lapsed_on",
        "year_spend_minor", "stake_minor",
    )  # fmt: skip


def sums_of_tiers(facts: Any) -> Any:
    """By counted tier: customers, what they spent in twelve months, what a year of them is worth.

    The same as `queries.counted_tiers` asks the database.
    """
    return facts.group_by("tier").agg(
        customers=facts.count(),
        year_spend_minor=facts.year_spend_minor.sum().cast("int64"),
        stake_minor=facts.stake_minor.sum().cast("int64"),
    )
