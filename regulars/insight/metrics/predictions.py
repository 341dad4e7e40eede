"""What the models say of each customer, as plain arithmetic that every engine can do."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regulars.insight.fitting.bg_nbd import BgNbd
    from regulars.insight.fitting.gamma_gamma import GammaGamma

WEEK = 7.0
# The series below loses a factor of this with every term, so forty leave less than 1e-8.
FARTHEST_OF_THE_SERIES = 0.6
TERMS = 40


def predicted(histories: Any, model: "BgNbd", *, weeks: float) -> Any:
    """Adds still_there (the chance) and purchases (to expect in `weeks` from the end of the books).

    Fader, Hardie and Lee (2005), equation 10, with the hypergeometric function after Euler's
    transformation as a series of plain arithmetic. It converges slowly for young customers over a
    long time, where `is_by_series` is false: for those `purchases` is to be looked up.
    """
    import ibis

    repeats = histories.repeats.cast("float64")
    recency, age = histories.recency / WEEK, histories.age / WEEK
    stopped = (
        model.a
        / (model.b + ibis.greatest(repeats, 1.0) - 1)
        * ((model.alpha + age) / (model.alpha + recency)).pow(model.r + repeats)
    )
    with_chance = histories.mutate(
        still_there=ibis.ifelse(histories.repeats > 0, 1 / (1 + stopped), 1.0)
    )
    later = weeks / (model.alpha + age + weeks)
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6
    whole = (a + model.b + repeats - 1) / (a - 1)
    left = 1 - (1 - later).pow(a - 1) * _series(repeats, later, model, a)
    return with_chance.mutate(
        purchases=whole * left * with_chance.still_there,
        is_by_series=later <= FARTHEST_OF_THE_SERIES,
    )


def _series(repeats: Any, later: Any, model: "BgNbd", a: float) -> Any:
    """2F1(c - r', c - b'; c; z) by Horner's rule, innermost term first."""
    first, second = a + model.b - 1 - model.r, a - 1
    below = a + model.b + repeats - 1
    total: Any = 1.0
    for k in range(TERMS - 1, -1, -1):
        factor = (first + k) * (second + k) / (k + 1)
        total = 1 + total * later * factor / (below + k)
    return total


def with_spend(predicted: Any, model: "GammaGamma") -> Any:
    """Adds spend_minor: what those purchases are expected to bring; `v` of the model is minor."""
    times = predicted.repeats.cast("float64")
    each = (
        model.p * (model.v + times * predicted.repeat_spend_minor) / (model.p * times + model.q - 1)
    )
    return predicted.mutate(spend_minor=each * predicted.purchases)


def by_group(foretold: Any, *, groups: int) -> Any:
    """Foretold against come, by equal groups of customers, those of whom least was expected first.

    `foretold` has customer_id, chance (to come at all; may be empty), purchases (expected) and came
    (0 without). Columns: group, customers; chance and came_share (of them who were to come, and
    did), doubt (the variance that chance gives the number of those); expected and came (purchases
    of a customer), spread (standard deviation of came).
    """
    import ibis

    order = [foretold.chance, foretold.purchases, foretold.customer_id]
    placed = foretold.mutate(group=ibis.ntile(groups).over(ibis.window(order_by=order)) + 1)
    return (
        placed.group_by("group")
        .agg(
            customers=placed.count(),
            chance=placed.chance.mean(),
            came_share=(placed.came > 0).mean(),
            doubt=(placed.chance * (1 - placed.chance)).sum(),
            expected=placed.purchases.mean(),
            came=placed.came.mean(),
            spread=ibis.coalesce(placed.came.std(how="sample"), 0.0),
        )
        .order_by("group")
    )
