"""Tiers follow from a customer's own rhythm and the money, not from a flat number of days.

Whoever is in a tier leaves it by a wider gate than they came in by, so that small movements of one
day move nobody back and forth; docs/rhythm.md has the bands.
"""

from datetime import date
from typing import Any

from regulars.insight.choices import Tier

LEAST_PURCHASES_OF_CORE = 3
CORE_SHARE_OF_MONEY, SHARE_KEPT = 0.5, 0.6
BUYERS_PER_CORE_CUSTOMER, BUYERS_PER_PLACE_KEPT = 5, 20
# Over how many equal purchases the money of the year would have to be spread to be as sure.
LEAST_SPREAD, SPREAD_KEPT = 2.5, 2.0
# A day that has come stays so until it lies this far ahead again: a tenth of the wait, three days.
LEAST_DAYS_AHEAD, SHARE_AHEAD = 3, 0.1


def core_bar(standing: Any, *, as_of: date, is_kept: bool) -> Any:
    """How much who becomes core has to have spent, or (`is_kept`) who stays core.

    Of those who may be core, biggest first, until half (three fifths) of what all customers spent
    in the 365 days is reached; never more than one in five of those who bought in that time (so
    nobody below five buyers), and one in twenty more who stay. The last of them, as
    year_spend_minor and customer_id; no row where there is nobody.
    """
    ranked = _ranked(_sure(standing, as_of)).cross_join(_money(standing))
    among = ranked.filter(_is_among(ranked, is_kept=is_kept))
    last = among.order_by(among.place.desc()).limit(1)
    return last.select("year_spend_minor", "customer_id")


def core(
    standing: Any, *, as_of: date,
    bars: tuple[tuple[int, int] | None, tuple[int, int] | None] | None = None,
) -> Any:  # fmt: skip
    """Who is core: the fewest who together bring half of the money of the last 365 days.

    Of those who are not slipping and of whose money we may be sure. Sure: three purchases or more,
    no one or two of which bring nearly all, and more likely still a customer than not. Whoever was
    core before stays while among those who bring three fifths. `bars` are those of `core_bar`, to
    become core and to stay: given them, it is a rule of each customer alone.
    """
    sure = _sure(standing, as_of)
    if bars is None:
        sure = _ranked(sure).cross_join(_money(standing))
        enter, keep = (_is_among(sure, is_kept=is_kept) for is_kept in (False, True))
    else:
        enter, keep = (_reaches(sure, bar) for bar in bars)
    found = sure.filter((sure.enters & enter) | (sure.was_core & keep))
    return found.select("customer_id").mutate(is_core=True)


def _is_among(ranked: Any, *, is_kept: bool) -> Any:
    places, share = ranked.buyers // BUYERS_PER_CORE_CUSTOMER, CORE_SHARE_OF_MONEY
    if is_kept:
        places = places + 1 + ranked.buyers // BUYERS_PER_PLACE_KEPT
        share = SHARE_KEPT
    return (ranked.before < share * ranked.total) & (ranked.place < places)


def _reaches(sure: Any, bar: tuple[int, int] | None) -> Any:
    import ibis

    if bar is None:
        return ibis.literal(False)
    least, last = bar
    return (sure.year_spend_minor > least) | (
        (sure.year_spend_minor == least) & (sure.customer_id <= last)
    )


def _sure(standing: Any, as_of: date) -> Any:
    """Those who may become or stay core, with was_core and enters."""
    import ibis

    day = ibis.date(as_of)
    was_core = ibis.coalesce(standing.tier_before == Tier.CORE.value, False) & ibis.coalesce(
        standing.purchase_count >= standing.purchases_before, True
    )
    spend = standing.year_spend_minor.cast("float64")
    # The inverse of Simpson's index: one purchase is 1, three equal ones are 3.
    spread = ibis.coalesce(spend * spend / standing.year_squares.nullif(0.0), 0.0)
    enters = (spread >= LEAST_SPREAD) & (ibis.coalesce(standing.doubtful_on > day, True))
    sure = standing.mutate(was_core=was_core, enters=enters, spread=spread)
    return sure.filter(
        (sure.purchase_count >= LEAST_PURCHASES_OF_CORE)
        & (sure.slipping_on > day)
        & ~sure.is_held_away
        & (sure.year_spend_minor > 0)
        & (sure.enters | (sure.was_core & (sure.spread >= SPREAD_KEPT)))
    )


def _ranked(sure: Any) -> Any:
    """Adds place, from 0, and what those before bring together; biggest first."""
    import ibis

    order = [sure.year_spend_minor.desc(), sure.customer_id]
    together = sure.year_spend_minor.sum().over(ibis.window(order_by=order, preceding=(None, 0)))
    return sure.select(
        "customer_id", "year_spend_minor", "was_core", "enters",
        place=ibis.row_number().over(ibis.window(order_by=order)),
        before=together - sure.year_spend_minor,
    )  # fmt: skip


def _money(standing: Any) -> Any:
    return standing.agg(
        total=standing.year_spend_minor.sum(where=standing.year_spend_minor > 0),
        buyers=standing.leaves_on.count(),
    )


def held(standing: Any, *, as_of: date) -> Any:
    """Adds is_held_away, is_held_lapsed and is_held_lost: who stays away though the day moved.

    The estimates of a group move the days of everybody a little. Whoever was past one stays past
    it until they buy, or until it lies a tenth of the wait (three days at least) ahead.
    """
    import ibis

    day = ibis.date(as_of)
    same = ibis.coalesce(
        (standing.purchase_count == standing.purchases_before)
        & (standing.last_on == standing.last_on_before),
        True,
    )

    def near(name: str, *tiers: Tier) -> Any:
        was = ibis.coalesce(standing.tier_before.isin([tier.value for tier in tiers]), False)
        ahead = standing[f"{name}_on"].delta(day, unit="day")
        band = ibis.greatest(standing[f"{name}_wait"] * SHARE_AHEAD, float(LEAST_DAYS_AHEAD))
        return was & same & (ahead <= band)

    return standing.mutate(
        is_held_away=near("slipping", Tier.SLIPPING, Tier.LAPSED, Tier.LOST),
        is_held_lapsed=near("lapsed", Tier.LAPSED, Tier.LOST),
        is_held_lost=near("lost", Tier.LOST),
    )


def tiers(standing: Any, *, as_of: date) -> Any:
    """The tier of everyone who bought, and the next day on which tier or yearly sum may change."""
    import ibis

    day = ibis.date(as_of)
    tier = ibis.cases(
        ((standing.lost_on <= day) | standing.is_held_lost, Tier.LOST.value),
        ((standing.lapsed_on <= day) | standing.is_held_lapsed, Tier.LAPSED.value),
        ((standing.slipping_on <= day) | standing.is_held_away, Tier.SLIPPING.value),
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
