"""Each customer's own gaps, shrunk towards their group's, and the days that follow from them."""

from typing import Any

from regulars.insight import rhythm
from regulars.insight.metrics.rounding import rounded, whole

DUE, SLIPPING, LAPSED, LOST = "due", "slipping", "lapsed", "lost"


def gaps(purchases: Any) -> Any:
    """Everyone who bought: how often, the first time, the second and the last; and their gaps.

    Of those their number, the mean of their logs and the squares about that mean (nothing where
    there is none). In open days, at least one: someone who buys while we are closed has not waited.
    """
    import ibis

    own = ibis.window(group_by=purchases.customer_id, order_by=purchases.day)
    bought = purchases.mutate(gap=purchases.ordinal - purchases.ordinal.lag().over(own))
    # Engines differ in what is greater than nothing: the first purchase has no gap.
    waited = ibis.ifelse(bought.gap.isnull(), ibis.null("int64"), ibis.greatest(bought.gap, 1))
    logs = bought.mutate(log_gap=waited.cast("float64").ln())
    return logs.group_by("customer_id").agg(
        purchase_count=logs.count(),
        first_on=logs.day.min(),
        second_on=logs.day.min(where=logs.gap.notnull()),
        last_on=logs.day.max(),
        last_ordinal=logs.ordinal.max(),
        gap_count=logs.gap.count(),
        mean_log_gap=logs.log_gap.mean(),
        squares=logs.log_gap.var(how="pop") * logs.gap.count(),
    )


def cells(gaps: Any, customers: Any) -> Any:
    """The sums from which a group's rhythm is estimated, by kind and number of gaps."""
    several = gaps.filter(gaps.gap_count > 0)
    theirs = several.join(customers.select("customer_id", "kind"), "customer_id")
    return theirs.group_by("kind", "gap_count").agg(
        customer_count=theirs.count(),
        sum_of_means=theirs.mean_log_gap.sum(),
        sum_of_squared_means=(theirs.mean_log_gap * theirs.mean_log_gap).sum(),
        sum_of_squares_within=theirs.squares.sum(),
    )


def shrunk(standing: Any) -> Any:
    """The usual gap and its spread of everyone who bought.

    `standing` has gap_count, mean_log_gap, squares (zero without gaps) and the group's log_gap,
    within, between. The usual gap is the group's and one's own in proportion to what each is
    known by (Efron and Morris 1975); the spread is that of the next gap, our doubt about the
    middle included.
    """
    import ibis

    weight = standing.within / standing.between
    middle = (standing.gap_count * standing.mean_log_gap + weight * standing.log_gap) / (
        standing.gap_count + weight
    )
    freedom = ibis.greatest(standing.gap_count - 1, 0)
    own = (standing.squares + rhythm.SPREAD_WEIGHT * standing.within) / (
        freedom + rhythm.SPREAD_WEIGHT
    )
    doubt = standing.within / (standing.gap_count + weight)
    spread = (own + doubt).sqrt().clip(rhythm.LEAST_SPREAD, rhythm.MOST_SPREAD)
    # Rounded, so that the last bits of a sum, which vary with the order of adding, move nothing.
    usual = ibis.least(middle.exp(), float(rhythm.MOST_GAP_DAYS))
    return standing.mutate(usual_gap_days=rounded(usual, 2), gap_spread=rounded(spread, 3))


def waits(shrunk: Any) -> Any:
    """After how many open days each customer is due, slipping, lapsed, lost; in this order."""
    import ibis

    log_gap = shrunk.usual_gap_days.ln()

    def by(quantile: float) -> Any:
        days = (log_gap + quantile * shrunk.gap_spread).exp()
        return ibis.least(days, float(rhythm.MOST_GAP_DAYS)).ceil().cast("int64")

    due = ibis.greatest(whole(shrunk.usual_gap_days), 1)
    slipping = ibis.greatest(by(rhythm.SLIPPING[1]), due, rhythm.SLIPPING[2])
    lapsed = ibis.greatest(by(rhythm.LAPSED[1]), slipping, rhythm.LAPSED[2])
    lost = ibis.greatest(by(rhythm.LOST[1]), lapsed, rhythm.LOST[2])
    return shrunk.mutate(due_wait=due, slipping_wait=slipping, lapsed_wait=lapsed, lost_wait=lost)


def dated(waits: Any, calendar: Any) -> Any:
    """The same as days of the calendar, over the days on which we were and will be closed."""
    open_days = calendar.filter(calendar.is_open)
    found = waits
    for name in (DUE, SLIPPING, LAPSED, LOST):
        then = open_days.select(**{f"{name}_on": open_days.day, f"{name}_at": open_days.ordinal})
        found = found.mutate(**{f"{name}_at": found.last_ordinal + found[f"{name}_wait"]})
        found = found.left_join(then, f"{name}_at").drop(f"{name}_at_right")
    return found
