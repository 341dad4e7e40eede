"""Who moved from tier to tier, month by month: worked out from the books, for any month of them."""

from datetime import date, timedelta
from typing import Any

from regulars.insight.choices import Tier


def waits_of(facts: Any) -> Any:
    """After how many open days everyone who bought slips, lapses and is lost."""
    from regulars.insight.metrics.rhythm import waits

    bought = facts.filter(facts.usual_gap_days.notnull() & (facts.purchase_count > 0))
    return waits(bought).select("customer_id", "slipping_wait", "lapsed_wait", "lost_wait")


def standing_at(
    days: Any, purchases: Any, waits: Any, before: Any, *, end: date, ordinal: int
) -> Any:
    """How everyone who had bought by the end of a day stood, by the rhythm known of them today.

    `ordinal` is the number of that day among open days; `before` the tiers of the month before,
    or nothing.
    """
    import ibis

    from regulars.insight.metrics.purchases import money

    until = purchases.filter(purchases.day <= ibis.date(end))
    bought = until.group_by("customer_id").agg(
        purchase_count=until.count(), last_ordinal=until.ordinal.max()
    )
    year = money(days.filter(days.day <= ibis.date(end)), as_of=end).drop("spend_minor")
    known = bought.join(waits, "customer_id").left_join(year, "customer_id")
    known = known.drop("customer_id_right")
    passed = ibis.literal(ordinal) - known.last_ordinal
    standing = known.mutate(
        year_spend_minor=ibis.coalesce(known.year_spend_minor, 0),
        year_squares=ibis.coalesce(known.year_squares, 0.0),
        passed=passed,
        # What only a count of today knows holds nobody to a tier in the past.
        purchases_before=ibis.null("int64"),
        doubtful_on=ibis.null("date"),
        is_held_away=ibis.literal(False),
        slipping_on=ibis.ifelse(
            passed >= known.slipping_wait, ibis.date(end), ibis.date(end + timedelta(days=1))
        ),
    )
    if before is None:
        return standing.mutate(tier_before=ibis.null("string"))
    held = before.select("customer_id", tier_before="tier")
    return standing.left_join(held, "customer_id").drop("customer_id_right")


def tiers_at(standing: Any, *, end: date) -> Any:
    """The tier of everyone who had bought by the end of a day: customer_id, tier."""
    import ibis

    from regulars.insight.metrics.tiers import core

    few = core(standing, as_of=end).select("customer_id", "is_core")
    whole = standing.left_join(few, "customer_id").drop("customer_id_right")
    tier = ibis.cases(
        (whole.passed >= whole.lost_wait, Tier.LOST.value),
        (whole.passed >= whole.lapsed_wait, Tier.LAPSED.value),
        (whole.passed >= whole.slipping_wait, Tier.SLIPPING.value),
        (ibis.coalesce(whole.is_core, False), Tier.CORE.value),
        (whole.purchase_count == 1, Tier.NEW.value),
        else_=Tier.ACTIVE.value,
    )
    return whole.select("customer_id", tier=tier)


def moved(before: Any, after: Any, facts: Any) -> Any:
    """Everyone who had bought by the later day: before (empty: had not yet), after, stake_minor."""
    import ibis

    then = before.select("customer_id", before="tier")
    both = after.select("customer_id", after="tier").left_join(then, "customer_id")
    both = both.drop("customer_id_right").join(
        facts.select("customer_id", "stake_minor"), "customer_id"
    )
    return both.mutate(before=ibis.coalesce(both.before, ""))


def streams(moved: Any) -> Any:
    """How many went from which tier to which, and what a year of them is worth today."""
    return (
        moved.group_by("before", "after")
        .agg(customers=moved.count(), stake_minor=moved.stake_minor.sum().cast("int64"))
        .order_by("before", "after")
    )


def movers(moved: Any) -> Any:
    """Those who moved to another tier: before, after, customer_id; by stream, worth most first."""
    went = moved.filter(moved.before != moved.after)
    return went.order_by("before", "after", went.stake_minor.desc(), "customer_id").select(
        "before", "after", "customer_id"
    )
