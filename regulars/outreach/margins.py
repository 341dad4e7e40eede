"""What is left of what customers of a trial bought, less what they were given: per customer.

The margin of each line is that of its product group in Break-even. What an order holds beside its
lines (carriage, orders without lines) counts at the margin of all; what was taken off the whole
order is lost in full, because it makes no goods cheaper.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection

from regulars.goals.queries.breaking_even import product_groups, the_trade, weights_of
from regulars.goals.queries.goods import Sorter
from regulars.orders.choices import OrderKind
from regulars.outreach.choices import CampaignKind
from regulars.outreach.models import Campaign
from regulars.verdicts.models import Trial
from regulars.verdicts.outcomes import bought_since

if TYPE_CHECKING:
    from regulars.verdicts.effects import Sides

_AT_ONCE = 50_000
_SINCE = """
FROM verdicts_lot t JOIN orders_order o ON o.customer_id = t.customer_id
 AND o.placed_on >= %(begin)s AND o.placed_on <= %(end)s AND o.currency = %(currency)s"""
_LINES = f"{_SINCE}\nJOIN orders_orderline l ON l.order_id = o.id\nWHERE t.trial_id = %(trial)s"
_NAMED = "LEFT JOIN goods g ON g.sku = l.sku AND g.description = l.description"
_BOUGHT = f"SELECT DISTINCT l.sku, l.description {_LINES}"
# What each bought: whole orders, whether anything was sold, lines at their margins, uses.
_KEPT = f"""
WITH goods AS MATERIALIZED ({{goods}}),
lines AS MATERIALIZED (
 SELECT o.customer_id, SUM(l.total_minor) AS minor,
  SUM(l.total_minor * COALESCE(g.low, %(low)s)) AS low,
  SUM(l.total_minor * COALESCE(g.high, %(high)s)) AS high
 {_LINES.replace("WHERE", f"{_NAMED} WHERE")}
 GROUP BY o.customer_id),
whole AS MATERIALIZED (
 SELECT o.customer_id, SUM(o.total_minor) AS minor,
  MAX(CASE WHEN o.kind = %(sale)s THEN 1 ELSE 0 END) AS came
 {_SINCE} WHERE t.trial_id = %(trial)s GROUP BY o.customer_id),
used AS MATERIALIZED (
 SELECT r.customer_id, COUNT(*) AS uses FROM verdicts_lot t
 JOIN offers_redemption r ON r.customer_id = t.customer_id AND r.offer_id = %(offer)s
  AND r.taken_back_at IS NULL AND r.used_at >= %(begin_at)s
 WHERE t.trial_id = %(trial)s GROUP BY r.customer_id)
SELECT COALESCE(w.minor, 0), COALESCE(w.came, 0), COALESCE(l.minor, 0), COALESCE(l.low, 0),
 COALESCE(l.high, 0), COALESCE(u.uses, 0)
FROM verdicts_lot t LEFT JOIN whole w ON w.customer_id = t.customer_id
LEFT JOIN lines l ON l.customer_id = t.customer_id
LEFT JOIN used u ON u.customer_id = t.customer_id
WHERE t.trial_id = %(trial)s ORDER BY t.id
"""
# What was bought of the groups that are named, with their margins, as one value.
_GOODS = {
    "postgresql": "SELECT sku, description, low, high FROM jsonb_to_recordset(%(goods)s::jsonb)"
    " AS x(sku text, description text, low float8, high float8)",
    "sqlite": "SELECT value ->> 'sku' AS sku, value ->> 'description' AS description,"
    " value ->> 'low' AS low, value ->> 'high' AS high FROM json_each(%(goods)s)",
}


@dataclass(frozen=True, slots=True)
class Margins:
    """Of a unit of sales, the least and the most that is left: by product group, and of all."""

    sorter: Sorter
    by_group: Mapping[int, tuple[float, float]]
    of_all: tuple[float, float]

    def of(self, sku: str, description: str) -> tuple[float, float]:
        group = self.sorter.group_of(sku, description)
        return self.of_all if group is None else self.by_group[group]


def margins_now() -> Margins | None:
    """As Break-even tells them; nothing where nobody has said what the goods cost."""
    groups = product_groups()
    if not groups:
        return None
    weights = weights_of(groups, the_trade())
    whole = float(sum(weights.values()))
    by_group = {one.pk: (float(one.margins[0]), float(one.margins[1])) for one in groups}
    low, high = (
        sum(float(weights.get(pk, 0)) * both[side] for pk, both in by_group.items()) / whole
        for side in (0, 1)
    )
    return Margins(Sorter(groups), by_group, (low, high))


@dataclass(frozen=True, slots=True)
class Brought:
    """What each customer of a trial left us, at the least and at the most that margins may be."""

    least: "Sides"
    most: "Sides"
    given_minor: int
    # Something was given of which nobody knows what it cost.
    is_given_unknown: bool = False


def brought_since(
    campaign: Campaign, trial: Trial, margins: Margins, *, until: date, currency: str
) -> Brought:
    """The margin of everybody of whom the lot was drawn, whatever reached them, less what the
    campaign gave them (intention to treat).
    """
    import numpy as np

    from regulars.verdicts.effects import Sides

    base = bought_since(trial, until=until, currency=currency).money
    values = {
        "trial": trial.pk, "begin": trial.begins_on, "end": until, "currency": currency,
        "sale": OrderKind.SALE.value,
        "begin_at": connection.ops.adapt_datetimefield_value(campaign.first_at),
        "offer": campaign.wave.offer_id if campaign.wave else None,
    }  # fmt: skip
    whole, came, minor, *lines, uses = _columns(margins, values)
    rest = whole - minor
    kept = np.column_stack(lines) + np.minimum(rest, 0)[:, None]
    kept += np.maximum(rest, 0)[:, None] * np.array(margins.of_all)
    given = _given(campaign, margins, came * ~base.is_left_out.astype(bool), uses)
    is_unknown = bool(np.isnan(given).any())
    given = np.nan_to_num(given)
    kept -= given
    return Brought(
        Sides(kept[:, 0], base.is_left_out, base.stratum, base.before),
        Sides(kept[:, 1], base.is_left_out, base.stratum, base.before),
        round(float(given[:, 0].sum())),
        is_unknown,
    )


def _given(campaign: Campaign, margins: Margins, came: Any, uses: Any) -> Any:
    """What the campaign gave to each, as far as their orders do not hold it already.

    `came`: who came back of those who were to get it; `uses`: how often each used its offer.
    """
    import numpy as np

    if campaign.kind == CampaignKind.OFFER and campaign.wave is not None:
        # Whoever used nothing got nothing, also where nobody knows what it costs.
        each = np.array(given_by_use(campaign, margins))
        return np.where(uses[:, None] > 0, uses[:, None] * each, 0.0)
    # Whoever comes back gets it, once; those left out were promised nothing.
    cost = campaign.letter.cost_minor if campaign.letter else 0
    return np.repeat((came * cost)[:, None], 2, axis=1)


def given_by_use(campaign: Campaign, margins: Margins) -> tuple[float, float]:
    """What one use of the offer costs, beyond what the order shows, at the least and most margin.

    The order holds the price after it was lowered; the goods cost as much as before. A share of a
    price that nobody has written down is no number (NaN): of the order it may be any part.
    """
    assert campaign.wave is not None
    offer, extra = campaign.wave.offer, campaign.wave.extra_cost_minor
    if offer.kind == "gift":
        cost = offer.value_minor
        return float(cost + extra), float(cost + extra)
    off = offer.value_minor
    if offer.kind == "percent":
        if offer.price_minor is None:
            return float("nan"), float("nan")
        off = round(offer.price_minor * (offer.percent or 0) / 100)
    low, high = margins.of_all
    return off * (1 - low) + extra, off * (1 - high) + extra


def _columns(margins: Margins, values: Mapping[str, Any]) -> list[Any]:
    """Each column of what they bought, in the order in which the lot fell, a row for each."""
    import numpy as np

    low, high = margins.of("", "")
    named = _margins_of_goods(margins, values) if margins.sorter.tells_apart else []
    asked = {**values, "goods": json.dumps(named), "low": low, "high": high}
    sql = _KEPT.replace("{goods}", _GOODS[connection.vendor])
    parts = [np.array(rows, dtype=np.float64) for rows in _rows(sql, asked)]
    found = np.concatenate(parts) if parts else np.zeros((0, 6))
    return [found[:, place] for place in range(found.shape[1])]


def _margins_of_goods(margins: Margins, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All that they bought whose margin is another than that of what no group names."""
    other, found = margins.of("", ""), []
    for rows in _rows(_BOUGHT, values):
        for sku, description in rows:
            both = margins.of(sku, description)
            if both != other:
                low, high = both
                found.append({"sku": sku, "description": description, "low": low, "high": high})
    return found


def _rows(sql: str, values: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """What a statement finds, in stretches."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, dict(values))
        while rows := cursor.fetchmany(_AT_ONCE):
            yield rows


@dataclass(frozen=True, slots=True)
class MarginEffect:
    """How much more (or less) each left us because of it, with the bounds of both margins."""

    difference: float
    low: float | None
    high: float | None
    got_mean: float
    left_mean: float
    got_count: int
    left_count: int

    @property
    def word(self) -> str:
        if self.low is not None and self.low > 0:
            return "helped"
        return "hurt" if self.high is not None and self.high < 0 else "cannot"


def margin_effect(
    least: "Sides", most: "Sides", *, alpha: float, seed: int, redraws: int = 4_999
) -> MarginEffect | None:
    """The effect on the margin of each customer, by redrawing the lot; None of too few.

    Helped or hurt is said only where it holds at the least margin and at the most.
    """
    import numpy as np

    from regulars.verdicts.effects import effect_of

    at_least = effect_of(least, alpha=alpha, seed=seed, is_rate=False, redraws=redraws)
    if at_least is None:
        return None
    at_most = at_least
    if not np.array_equal(least.outcome, most.outcome):
        at_most = (
            effect_of(most, alpha=alpha, seed=seed, is_rate=False, redraws=redraws) or at_least
        )
    both = (at_least, at_most)
    lows = [one.low for one in both]
    highs = [one.high for one in both]
    return MarginEffect(
        difference=sum(one.difference for one in both) / 2,
        low=None if None in lows else min(one for one in lows if one is not None),
        high=None if None in highs else max(one for one in highs if one is not None),
        got_mean=sum(one.got_mean for one in both) / 2,
        left_mean=sum(one.left_mean for one in both) / 2,
        got_count=at_least.got_count, left_count=at_least.left_count,
    )  # fmt: skip
