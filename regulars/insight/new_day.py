"""A new day: whoever's next change has come gets the tier and the yearly sum of the day.

No engine is opened: nothing but the day is new, and everything else stands in the row. The rule of
tiers is that of `metrics/tiers.py` for one customer; a test over any books holds the two together.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Q, Sum

from regulars.core.pace import Pace
from regulars.insight.basis import Bar, CoreBars
from regulars.insight.choices import Tier
from regulars.insight.metrics.purchases import YEAR
from regulars.insight.metrics.tiers import LEAST_PURCHASES_OF_CORE, LEAST_SPREAD, SPREAD_KEPT
from regulars.insight.models import CustomerFacts, Recount
from regulars.orders.models import Order

# How many go into the first transaction; the next ones by what it took.
ROWS_AT_FIRST = 1_000
SOON = (
    "pk", "known_tier", "purchase_count", "slipping_on", "lapsed_on", "lost_on", "doubtful_on",
)  # fmt: skip
UPDATE = (
    "UPDATE insight_customerfacts SET tier = %s, year_spend_minor = %s, next_change_on = %s"
    " WHERE customer_id = %s"
)
AWAY = (Tier.SLIPPING, Tier.LAPSED, Tier.LOST)


@dataclass(frozen=True, slots=True)
class Year:
    """The 365 days up to a day: what somebody spent on each day with an order, net."""

    spends: tuple[int, ...] = ()
    first_on: date | None = None

    @property
    def spend_minor(self) -> int:
        return sum(self.spends)

    @property
    def leaves_on(self) -> date | None:
        return self.first_on + YEAR if self.first_on else None

    @property
    def spread(self) -> float:
        """Over how many equal purchases the money would be spread (inverse Simpson)."""
        squares = sum(float(spend) * float(spend) for spend in self.spends)
        return float(self.spend_minor) ** 2 / squares if squares else 0.0


def let_day_come(day: date, *, currency: str, bars: CoreBars) -> int:
    """Rewrite the facts of those whose day has come, in short steps; returns how many there were.

    Those who are to be counted again anyway are left to that.
    """
    noted = Recount.objects.values("customer_id")
    due = CustomerFacts.objects.filter(next_change_on__lte=day).exclude(pk__in=noted)
    # All are read before the first is written: a row that moves in an index is not met twice.
    found = list(due.only(*SOON).order_by("pk"))
    return sum(
        _rewritten(found[low : high + 1], day, currency, bars)
        for low, high in Pace(ROWS_AT_FIRST).pieces(0, len(found) - 1)
    )


def _rewritten(rows: list[CustomerFacts], day: date, currency: str, bars: CoreBars) -> int:
    years = _years([row.pk for row in rows], day, currency)
    adapted = connection.ops.adapt_datefield_value
    changes = []
    for row in rows:
        year = years.get(row.pk, Year())
        tier, then = tier_on(day, row, year, bars), next_change(day, row, year)
        changes.append((tier, year.spend_minor, adapted(then) if then else None, row.pk))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(UPDATE, changes)
    return len(changes)


def _years(customer_ids: list[int], day: date, currency: str) -> Mapping[int, Year]:
    theirs = Order.objects.filter(
        customer__in=customer_ids, placed_on__gt=day - YEAR, placed_on__lte=day
    )
    sums = theirs.values_list("customer_id", "placed_on").annotate(
        spend=Sum("total_minor", filter=Q(currency=currency))
    )
    days: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for pk, placed_on, spend in sums.order_by("customer_id", "placed_on"):
        days[pk].append((placed_on, int(spend or 0)))
    return {pk: Year(tuple(spend for _, spend in some), some[0][0]) for pk, some in days.items()}


def tier_on(day: date, row: CustomerFacts, year: Year, bars: CoreBars) -> str:
    if row.slipping_on is None or row.lapsed_on is None or row.lost_on is None:
        return Tier.NEW
    # Whoever is away stays so without a purchase, also where a day has moved ahead again.
    dates = (row.slipping_on, row.lapsed_on, row.lost_on)
    away = sum(1 for one in dates if one <= day)
    if row.known_tier in AWAY:
        away = max(away, AWAY.index(Tier(row.known_tier)) + 1)
    if away:
        return AWAY[away - 1]
    if _is_core(day, row, year, bars):
        return Tier.CORE
    return Tier.NEW if row.purchase_count == 1 else Tier.ACTIVE


def _is_core(day: date, row: CustomerFacts, year: Year, bars: CoreBars) -> bool:
    if row.purchase_count < LEAST_PURCHASES_OF_CORE or year.spend_minor <= 0:
        return False

    def reaches(bar: Bar | None) -> bool:
        return bar is not None and bar.is_reached(year.spend_minor, row.pk)

    enters = year.spread >= LEAST_SPREAD and (row.doubtful_on is None or row.doubtful_on > day)
    stays = row.known_tier == Tier.CORE and year.spread >= SPREAD_KEPT
    return (enters and reaches(bars.enter)) or (
        row.known_tier == Tier.CORE and (enters or stays) and reaches(bars.keep)
    )


def next_change(day: date, row: CustomerFacts, year: Year) -> date | None:
    """The next day on which tier or yearly sum may change."""
    tiers = (row.slipping_on, row.lapsed_on, row.lost_on)
    then = [one for one in (*tiers, year.leaves_on) if one is not None and one > day]
    return min(then, default=None)
