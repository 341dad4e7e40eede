"""A new day: whoever's next change has come gets the tier and the yearly sum of the day.

No engine is opened: nothing but the day is new, and everything else stands in the row. The rule of
tiers is that of `metrics/tiers.py` for one customer; a test over any books holds the two together.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db import connection, transaction

from regulars.core.bulk import rows_of
from regulars.core.pace import MOST, REST, Pace
from regulars.core.presence import is_by_itself
from regulars.core.room_to_write import room_to_write
from regulars.insight.basis import Bar, CoreBars
from regulars.insight.choices import Tier
from regulars.insight.metrics.purchases import YEAR
from regulars.insight.metrics.tiers import LEAST_PURCHASES_OF_CORE, LEAST_SPREAD, SPREAD_KEPT
from regulars.insight.models import CustomerFacts, Recount

# How many go into the first transaction; the next ones by what it took.
ROWS_AT_FIRST = 500
SAME_TIER = (
    "UPDATE insight_customerfacts SET year_spend_minor = %s, next_change_on = %s"
    " WHERE customer_id = %s"
)
OTHER_TIER = (
    "UPDATE insight_customerfacts SET year_spend_minor = %s, next_change_on = %s, tier = %s"
    " WHERE customer_id = %s"
)
# The numbers of customers are put in by name.
YEARS = """
    SELECT customer_id, min(placed_on), sum(spend),
        sum(CAST(spend AS double precision) * CAST(spend AS double precision))
    FROM (
        SELECT customer_id, placed_on,
            coalesce(sum(CASE WHEN currency = %(currency)s THEN total_minor END), 0) AS spend
        FROM orders_order
        WHERE customer_id IN ({among}) AND placed_on > %(after)s AND placed_on <= %(day)s
        GROUP BY customer_id, placed_on) of_days
    GROUP BY customer_id
"""
AWAY = (Tier.SLIPPING, Tier.LAPSED, Tier.LOST)


class Soon(NamedTuple):
    """What the rule of tiers asks of the facts of one customer."""

    pk: int
    tier: str
    known_tier: str
    purchase_count: int
    slipping_on: date | None
    lapsed_on: date | None
    lost_on: date | None
    doubtful_on: date | None
    year_spend_minor: int
    stake_minor: int


@dataclass(slots=True)
class Came:
    """Whose day had come: how many, and by what that moves the sums of each tier.

    The sums are those that a count keeps (`counted_tiers`): customers, the year, the stake.
    """

    changed: int = 0
    drift: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))

    def moves(self, row: Soon, tier: str, spend_minor: int) -> None:
        self.changed += 1
        was, now = self.drift[row.tier], self.drift[tier]
        was[:] = was[0] - 1, was[1] - row.year_spend_minor, was[2] - row.stake_minor
        now[:] = now[0] + 1, now[1] + spend_minor, now[2] + row.stake_minor

    def adds(self, moved: Mapping[str, Sequence[int]]) -> None:
        """By what those who were counted again move the sums besides."""
        for tier, sums in moved.items():
            drift = self.drift[tier]
            drift[:] = [kept + one for kept, one in zip(drift, sums, strict=True)]

    def after(self, tiers: Mapping[str, list[int]]) -> dict[str, list[int]]:
        """The sums that were kept before, moved."""
        both = {*tiers, *self.drift}
        moved = {
            tier: [a + b for a, b in zip(tiers.get(tier, (0, 0, 0)), self.drift[tier], strict=True)]
            for tier in both
        }
        return {tier: sums for tier, sums in moved.items() if any(sums)}


@dataclass(frozen=True, slots=True)
class Year:
    """The 365 days up to a day: what was spent, net, and the squares of what was on each day."""

    first_on: date | None = None
    spend_minor: int = 0
    squares: float = 0.0

    @property
    def leaves_on(self) -> date | None:
        return self.first_on + YEAR if self.first_on else None

    @property
    def spread(self) -> float:
        """Over how many equal purchases the money would be spread (inverse Simpson)."""
        return float(self.spend_minor) ** 2 / self.squares if self.squares else 0.0


def let_day_come(day: date, *, currency: str, bars: CoreBars) -> Came:
    """Rewrite the facts of those whose day has come, in short steps.

    Those who are to be counted again anyway are left to that.
    """
    due, came = CustomerFacts.objects.filter(next_change_on__lte=day), Came()
    if not due.exists():
        return came
    due = due.exclude(pk__in=Recount.objects.values("customer_id"))
    # All are read before the first is written: a row that moves in an index is not met twice.
    found = [Soon(*row) for row in due.order_by("pk").values_list(*Soon._fields)]
    pace = Pace(MOST if is_by_itself() else ROWS_AT_FIRST, rest=REST)
    with room_to_write():
        for low, high in pace.pieces(0, len(found) - 1):
            _rewrite(found[low : high + 1], day, currency, bars, came)
    return came


def _rewrite(rows: list[Soon], day: date, currency: str, bars: CoreBars, came: Came) -> None:
    years = _years([row.pk for row in rows], day, currency)
    adapted = connection.ops.adapt_datefield_value
    same, other = [], []
    for row in rows:
        year = years.get(row.pk, Year())
        tier, then = tier_on(day, row, year, bars), next_change(day, row, year)
        came.moves(row, tier, year.spend_minor)
        values = year.spend_minor, adapted(then) if then else None
        # What stays is not touched: indexes by tier keep their place.
        if tier == row.tier:
            same.append((*values, row.pk))
        else:
            other.append((*values, tier, row.pk))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(SAME_TIER, same)
        cursor.executemany(OTHER_TIER, other)


def _years(customer_ids: list[int], day: date, currency: str) -> Mapping[int, Year]:
    sums = YEARS.format(among=", ".join(str(int(pk)) for pk in customer_ids))
    adapted = connection.ops.adapt_datefield_value
    values = {"currency": currency, "after": adapted(day - YEAR), "day": adapted(day)}
    return {
        pk: Year(_day(first_on), int(spend), float(squares))
        for pk, first_on, spend, squares in rows_of(sums, values)
    }


def _day(found: date | str) -> date:
    """SQLite keeps days as text."""
    return date.fromisoformat(found) if isinstance(found, str) else found


def tier_on(day: date, row: Soon, year: Year, bars: CoreBars) -> str:
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


def _is_core(day: date, row: Soon, year: Year, bars: CoreBars) -> bool:
    if row.purchase_count < LEAST_PURCHASES_OF_CORE or year.spend_minor <= 0:
        return False

    def reaches(bar: Bar | None) -> bool:
        return bar is not None and bar.is_reached(year.spend_minor, row.pk)

    enters = year.spread >= LEAST_SPREAD and (row.doubtful_on is None or row.doubtful_on > day)
    stays = row.known_tier == Tier.CORE and year.spread >= SPREAD_KEPT
    return (enters and reaches(bars.enter)) or (
        row.known_tier == Tier.CORE and (enters or stays) and reaches(bars.keep)
    )


def next_change(day: date, row: Soon, year: Year) -> date | None:
    """The next day on which tier or yearly sum may change."""
    tiers = (row.slipping_on, row.lapsed_on, row.lost_on)
    then = [one for one in (*tiers, year.leaves_on) if one is not None and one > day]
    return min(then, default=None)
