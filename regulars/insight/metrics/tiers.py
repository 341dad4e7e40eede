"""Tiers follow from a customer's own rhythm and the money, not from a flat number of days."""

from datetime import date
from typing import Any

from regulars.insight.choices import Tier

LEAST_PURCHASES_OF_CORE = 3
CORE_SHARE_OF_MONEY = 0.5
BUYERS_PER_CORE_CUSTOMER = 5


def core(standing: Any, *, as_of: date) -> Any:
    """Who is core: the few who together bring half of the money of the last 365 days.

    Of those who are not slipping and bought at least three times, biggest first, until half of
    what all customers spent is reached; never more than one in five of those who bought in that
    time (so nobody below five buyers). Whoever was core before stays so until slipping.
    """
    import ibis

    held = standing.filter(
        (standing.purchase_count >= LEAST_PURCHASES_OF_CORE)
        & (standing.slipping_on > ibis.date(as_of))
    )
    spending = held.filter(held.year_spend_minor > 0)
    order = [spending.year_spend_minor.desc(), spending.customer_id]
    ranked = spending.mutate(
        place=ibis.row_number().over(ibis.window(order_by=order)),
        before=spending.year_spend_minor.sum().over(
            ibis.window(order_by=order, preceding=(None, 0))
        )
        - spending.year_spend_minor,
    )
    money = standing.agg(
        total=standing.year_spend_minor.sum(where=standing.year_spend_minor > 0),
        buyers=standing.leaves_on.count(),
    )
    chosen = ranked.cross_join(money)
    chosen = chosen.filter(
        (chosen.before < CORE_SHARE_OF_MONEY * chosen.total)
        & (chosen.place < chosen.buyers // BUYERS_PER_CORE_CUSTOMER)
    )
    kept = held.filter(held.tier_before == Tier.CORE.value)
    return ibis.union(
        chosen.select("customer_id"), kept.select("customer_id"), distinct=True
    ).mutate(is_core=True)


def tiers(standing: Any, *, as_of: date) -> Any:
    """The tier of everyone who bought, and the next day on which tier or yearly sum may change."""
    import ibis

    day = ibis.date(as_of)
    tier = ibis.cases(
        (standing.lost_on <= day, Tier.LOST.value),
        (standing.lapsed_on <= day, Tier.LAPSED.value),
        (standing.slipping_on <= day, Tier.SLIPPING.value),
        (ibis.coalesce(standing.is_core, False), Tier.CORE.value),
        (standing.purchase_count == 1, Tier.NEW.value),
        else_=Tier.ACTIVE.value,
    )
    next_tier = ibis.cases(
        (standing.slipping_on > day, standing.slipping_on),
        (standing.lapsed_on > day, standing.lapsed_on),
        (standing.lost_on > day, standing.lost_on),
        else_=ibis.null("date"),
    )
    never = ibis.date("9999-12-31")
    soonest = ibis.least(ibis.coalesce(next_tier, never), ibis.coalesce(standing.leaves_on, never))
    return standing.mutate(tier=tier, next_change_on=soonest.nullif(never))
