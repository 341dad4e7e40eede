"""Who still comes, and buys for less than they used to: each against their own past.

docs/buying-less.md derives it. Every purchase is set against what the month brought with
everybody, so that a season or a dear month is nobody's.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from regulars.insight.choices import Tier
from regulars.insight.moods import Sums, moods_of, spread_of

# The last five purchases, or the last ten, and those before them: fewer are too few to tell.
RECENT, LEAST_BEFORE, MOST_BEFORE = (5, 10), 6, 40
LONGEST_BACK = timedelta(days=730)
# How many purchases of others stand against what a month says.
MONTH_WEIGHT = 50.0
# For how many purchases of one's own the spread of everybody's counts.
SPREAD_WEIGHT = 4
# Quantiles of the normal distribution from which it is said, and down to which it still is.
SAID_FROM, STILL_SAID = 3.2905, 1.6449
# So many of the last are below what was usual: four of five, eight of ten.
LEAST_LOW = 0.8
# A log of three: below a third of what is usual a purchase says no more.
LEAST_LOG = 1.0986
LEAST_FALL, LEAST_FALL_STILL = 0.15, 0.10
# Missing: in so many of those before, and in none of the last; or in nearly all, and in one.
OFTEN, NEARLY_ALWAYS = 0.6, 0.8
NAMES, PARTS = ("level", "pace"), ("squares", "squares_before", "1_before", "2_before")
STILL_COMING = (Tier.CORE.value, Tier.ACTIVE.value)


def visits(purchases: Any, facts: Any, trading: Any, *, as_of: date) -> Any:
    """The purchases that count, of those who still come; `place` is 0 for the last.

    Columns: customer_id, day, place, spend_minor, log_spend, log_gap (days of business since the
    purchase before; empty for the first), month.
    """
    import ibis

    coming = facts.filter(facts.tier.isin(STILL_COMING) & (facts.crowd_sales == 0))
    paid = purchases.filter(
        (purchases.spend_minor > 0) & (purchases.day > ibis.date(as_of - LONGEST_BACK))
    )
    paid = paid.semi_join(coming, "customer_id").join(trading, "day")
    own = ibis.window(group_by="customer_id", order_by="day")
    backwards = ibis.window(group_by="customer_id", order_by=ibis.desc("day"))
    paid = paid.mutate(gap=paid.passed - paid.passed.lag().over(own))
    # Engines differ in what is greater than nothing: the first purchase has no gap.
    gap = ibis.ifelse(paid.gap.isnull(), ibis.null("float64"), ibis.greatest(paid.gap, 0.5))
    found = paid.select(
        "customer_id", "day", "spend_minor",
        place=ibis.row_number().over(backwards),
        log_spend=paid.spend_minor.cast("float64").ln(),
        log_gap=gap.ln(),
        month=paid.day.year() * 12 + paid.day.month(),
    )  # fmt: skip
    return found.filter(found.place < max(RECENT) + MOST_BEFORE)


def of_months(visits: Any) -> Any:
    """What each month brought over the rest, in logs, with everybody; shrunk where few bought."""
    import ibis

    mean = visits.log_spend.mean().over(ibis.window(group_by=visits.customer_id))
    off = visits.mutate(off=visits.log_spend - mean)
    return off.group_by("month").agg(brought=off.off.sum() / (off.count() + MONTH_WEIGHT))


def _beside_their_own(seen: Any, recent: int) -> Any:
    """Adds level and pace (logs of spend, and of spend a day), and whether each is below theirs.

    A mere bite counts as a third of what is usual: a few of them are no fall.
    """
    import ibis

    def before(rows: Any, name: str) -> Any:
        value = ibis.ifelse(rows.is_late == 1, ibis.null("float64"), rows[name])
        return value.mean().over(ibis.window(group_by=rows.customer_id))

    seen = seen.mutate(
        is_late=(seen.place < recent).cast("int64"), level=seen.log_spend - seen.brought
    )
    seen = seen.mutate(usual=before(seen, "level"))
    seen = seen.mutate(level=ibis.greatest(seen.level, seen.usual - LEAST_LOG))
    seen = seen.mutate(pace=seen.level - seen.log_gap)
    seen = seen.mutate(usual_pace=before(seen, "pace"))
    seen = seen.mutate(
        is_low=(seen.level < seen.usual).cast("int64"),
        is_slow=(seen.pace < seen.usual_pace).cast("int64"),
        level_off=seen.level - seen.usual,
        pace_off=seen.pace - seen.usual_pace,
    )
    side = ibis.window(group_by=["customer_id", "is_late"], order_by="place")
    return seen.mutate(
        **{
            f"{name}_{steps}": seen[f"{name}_off"] * seen[f"{name}_off"].lag(steps).over(side)
            for name in ("level", "pace")
            for steps in (1, 2)
        }
    )


def compared(visits: Any, of_months: Any, recent: int) -> Any:
    """The last purchases beside those before: means and squares, of spend and of spend a day."""
    many = visits.group_by("customer_id").agg(visits=visits.count())
    enough = many.filter(many.visits >= recent + LEAST_BEFORE)
    theirs = visits.filter(visits.place < recent + MOST_BEFORE)
    theirs = theirs.semi_join(enough, "customer_id")
    seen = _beside_their_own(theirs.join(of_months, "month"), recent)
    sides = seen.group_by("customer_id", "is_late").agg(
        visits=seen.count(),
        level=seen.level.mean(),
        level_squares=seen.level.var(how="pop") * seen.count(),
        low=seen.is_low.sum(),
        pace=seen.pace.mean(),
        slow=seen.is_slow.sum(),
        pace_squares=seen.pace.var(how="pop") * seen.pace.count(),
        level_1=seen.level_1.sum(),
        level_2=seen.level_2.sum(),
        pace_1=seen.pace_1.sum(),
        pace_2=seen.pace_2.sum(),
        brought=seen.brought.mean(),
        gap_days=seen.log_gap.mean().exp(),
        spend_minor=seen.spend_minor.median(),
    )
    late = sides.filter(sides.is_late == 1).drop("is_late")
    before = sides.filter(sides.is_late == 0).drop("is_late")
    both = late.join(before, "customer_id", lname="{name}", rname="{name}_before")
    both = both.filter((both.visits == recent) & (both.visits_before >= LEAST_BEFORE))
    return both.mutate(
        level_squares=both.level_squares + both.level_squares_before,
        pace_squares=both.pace_squares + both.pace_squares_before,
        season=(both.brought - both.brought_before).exp(),
    )


def sums(compared: Any) -> Any:
    """What moods are told from (`moods.py`), by how many purchases there are before the last."""
    names = [f"{name}_{part}" for name in NAMES for part in PARTS]
    return compared.group_by("visits_before").agg(
        customers=compared.count(), **{name: compared[name].sum() for name in names}
    )


def fallen(sides: Mapping[int, Any], told: Mapping[int, Sequence[Sums]]) -> Any:
    """Whose spend of a purchase, or of a day, fell by more than chance explains.

    `sides` has what `compared` gave for each of `RECENT`, and `told` the rows of its `sums`.
    Columns: customer_id, recent (how many of the last tell it), is_sure, is_by_basket, share (by
    how much it fell), usual_minor and recent_minor (a purchase), usual_gap_days, recent_gap_days.
    """
    import ibis

    each = [_fallen(sides[recent], recent, told[recent]) for recent in RECENT]
    both = ibis.union(*each)
    # What is sure goes before what is still said; then the last five, which are nearer to today.
    order = ibis.window(
        group_by=both.customer_id, order_by=[both.is_sure.cast("int64").desc(), both.recent]
    )
    ranked = both.mutate(rank=ibis.row_number().over(order))
    return ranked.filter(ranked.rank == 0).drop("rank")


def _with_odds(compared: Any, name: str, recent: int, told: Sequence[Sums]) -> Any:
    """Adds fell, odds and freedom of a name: what so many purchases tell where moods last."""
    moods = moods_of(told, name)
    before = compared.visits_before.cast("float64")
    late, earlier = moods.together(recent), moods.together(before)
    freedom = (recent + before - late - earlier).clip(1.0, None)
    of_all = spread_of(told, name, moods, recent)
    own = (compared[f"{name}_squares"] + SPREAD_WEIGHT * of_all) / (freedom + SPREAD_WEIGHT)
    fall = compared[f"{name}_before"] - compared[name]
    # Where all have always spent the same there is nothing to fall from.
    scale = (own * (late / recent + earlier / before)).clip(1e-12, None)
    return compared.mutate(
        **{
            f"{name}_fell": 1 - (-fall).exp(),
            f"{name}_odds": fall / scale.sqrt(),
            f"{name}_freedom": freedom,
        }
    )


def _fallen(compared: Any, recent: int, told: Sequence[Sums]) -> Any:
    import ibis

    found = compared
    for name in NAMES:
        found = _with_odds(found, name, recent, told)
    # Never said for more than the middle purchases show, which a few bites do not move.
    middles = 1 - found.spend_minor / (found.spend_minor_before * found.season)
    found = found.mutate(level_fell=ibis.least(found.level_fell, middles))

    def tells(name: str, quantile: float, least: float) -> Any:
        many = found[f"{name}_freedom"] + SPREAD_WEIGHT
        # Few purchases have heavier tails: the first term of Fisher's expansion of Student's t.
        wanted = quantile + (quantile**3 + quantile) / (4 * many)
        low = found.low if name == "level" else found.slow
        is_low = low >= round(LEAST_LOW * recent)
        return (found[f"{name}_odds"] >= wanted) & (found[f"{name}_fell"] >= least) & is_low

    basket, basket_still = (
        tells("level", SAID_FROM, LEAST_FALL),
        tells("level", STILL_SAID, LEAST_FALL_STILL),
    )
    pace, pace_still = (
        tells("pace", SAID_FROM, LEAST_FALL),
        tells("pace", STILL_SAID, LEAST_FALL_STILL),
    )
    is_by_basket = basket | (basket_still & ~pace)
    said = found.mutate(is_sure=basket | pace, is_by_basket=is_by_basket)
    said = said.filter(basket_still | pace_still)
    return said.select(
        "customer_id", "is_sure", "is_by_basket",
        recent=ibis.literal(recent, type="int64"),
        share=ibis.ifelse(said.is_by_basket, said.level_fell, said.pace_fell),
        usual_minor=(said.spend_minor_before * said.season).round(0).cast("int64"),
        recent_minor=said.spend_minor.round(0).cast("int64"),
        usual_gap_days=said.gap_days_before,
        recent_gap_days=said.gap_days,
    )  # fmt: skip


def missing(fallen: Any, visits: Any, lines: Any) -> Any:
    """Of each of them what was mostly in their basket and is no longer: the most that it brought.

    Columns: customer_id, name, is_wholly (it was in none of the last).
    """
    import ibis

    marked = visits.join(fallen.select("customer_id", "recent"), "customer_id")
    theirs = marked.select(
        "customer_id", "day", "recent", is_late=(marked.place < marked.recent).cast("int64")
    )
    goods = lines.group_by("customer_id", "day", "product").agg(
        name=lines.name.max(), spend_minor=lines.spend_minor.sum()
    )
    bought = theirs.join(goods, ["customer_id", "day"])
    listed = bought.select("customer_id", "day", "recent", "is_late").distinct()
    known = listed.group_by("customer_id", "recent").agg(
        late=listed.is_late.sum(), before=(1 - listed.is_late).sum()
    )
    of_goods = bought.group_by("customer_id", "product").agg(
        name=bought.name.max(),
        in_late=bought.is_late.sum(),
        in_before=(1 - bought.is_late).sum(),
        brought=(bought.spend_minor * (1 - bought.is_late)).sum(),
    )
    found = of_goods.join(known, "customer_id")
    share = found.in_before / ibis.greatest(found.before, 1)
    # What was in a purchase is known of those alone that have lines.
    is_told = (found.late == found.recent) & (found.before >= LEAST_BEFORE)
    is_missing = ((share >= OFTEN) & (found.in_late == 0)) | (
        (share >= NEARLY_ALWAYS) & (found.in_late == 1)
    )
    found = found.filter(is_told & is_missing)
    order = ibis.window(
        group_by=found.customer_id, order_by=[found.brought.desc(), found["product"]]
    )
    ranked = found.mutate(rank=ibis.row_number().over(order))
    first = ranked.filter(ranked.rank == 0)
    return first.select("customer_id", "name", is_wholly=first.in_late == 0)
