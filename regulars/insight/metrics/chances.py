"""What to expect of each customer: chances, purchases and spend, as columns on any engine."""

from collections.abc import Mapping
from typing import Any

from regulars.insight import chances as formulas
from regulars.insight.chances import Pattern
from regulars.insight.rhythm import MOST_GAP_DAYS


def by_month(purchases: Any) -> Any:
    """How many purchases each month saw: what a season is told from."""
    dated = purchases.select(
        year=purchases.day.year().cast("int64"), month=purchases.day.month().cast("int64")
    )
    return dated.group_by("year", "month").agg(purchases=dated.count())


def drawn(purchases: Any, customers: Any, trading: Any, *, one_in: int) -> Any:
    """Purchases in days of business of customers drawn by their number, in order.

    A multiplicative generator scatters the numbers (Lehmer 1951, modulus 2^31 - 1), so that no
    habit of whoever numbered them shows.
    """
    kinds = customers.select("customer_id", "kind")
    if one_in > 1:
        scattered = (kinds.customer_id * 48271) % 2147483647
        kinds = kinds.filter(scattered % one_in == 0)
    theirs = purchases.join(kinds, "customer_id").join(trading, "day")
    return theirs.order_by("customer_id", "day").select("customer_id", "kind", "passed")


def seen(bought: Any, trading: Any) -> Any:
    """Adds repeats, span and last_passed (days of business) to everyone who bought."""
    first = trading.select(first_on=trading.day, first_passed=trading.passed)
    last = trading.select(last_on=trading.day, last_passed=trading.passed)
    both = bought.join(first, "first_on").join(last, "last_on")
    return both.mutate(
        repeats=(both.purchase_count - 1).cast("float64"),
        span=both.last_passed - both.first_passed,
    )


def expected(
    seen: Any, patterns: Mapping[Pattern, list[str]], *, passed: float, ahead: float
) -> Any:
    """Adds still_there, back_within, purchases and expected_minor of the days of business ahead.

    `seen` has repeats, span, last_passed, kind, spend_minor, purchase_count and group_spend_minor
    (the group's middle spend of a purchase); `patterns` says for which kinds each holds; `passed`
    are the days of business up to today. A purchase is taken to bring what theirs brought on
    average, one of the group's added.
    """
    import ibis

    parts = []
    for pattern, kinds in patterns.items():
        theirs = seen.filter(seen.kind.isin(kinds))
        theirs = theirs.mutate(silence=ibis.greatest(passed - theirs.last_passed, 0.0))
        history = (theirs.repeats, theirs.span, theirs.silence)
        parts.append(
            theirs.mutate(
                still_there=formulas.still_there(pattern, *history),
                back_within=formulas.back_within(pattern, *history, ahead),
                purchases=formulas.purchases_within(pattern, *history, ahead),
            )
        )
    whole = ibis.union(*parts) if len(parts) > 1 else parts[0]
    a_purchase = (whole.spend_minor + whole.group_spend_minor) / (whole.purchase_count + 1)
    return whole.mutate(expected_minor=whole.purchases * ibis.greatest(a_purchase, 0.0))


def doubtful(seen: Any, reaches: Any, places: Any) -> Any:
    """Adds doubtful_on: the day from which someone is more likely gone than still a customer.

    `seen` has kind, and what the function of that name adds; `reaches` has kind, repeats, alpha
    and reach; `places` the first day by which so many days of business have passed.
    """
    import ibis

    found = seen.join(reaches, ["kind", "repeats"])
    wait = ibis.least((found.alpha + found.span) * found.reach, float(MOST_GAP_DAYS))
    place = (found.last_passed + ibis.greatest(wait, 1.0)).ceil().cast("int64")
    placed = found.mutate(place=place).left_join(places, "place")
    return placed.select("customer_id", "doubtful_on")
