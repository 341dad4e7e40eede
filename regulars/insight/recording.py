"""Writes down whose tier became another, in short steps of which each is whole.

A count stores its facts; what it moved is told from the rows themselves, by the tier that was
written down last (`known_tier`). So nothing is written twice or forgotten, whenever it is killed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F, Max
from django.db.models.functions import Coalesce

from regulars.core.bulk import run_sql
from regulars.core.pace import REST, Pace
from regulars.customers.models import Customer
from regulars.insight.choices import TierWhy
from regulars.insight.models import CustomerFacts, Recount, TierChange, TierOverride
from regulars.insight.queries import shown_tier_of

# How many go into the first transaction; the next ones by what it took.
ROWS_AT_FIRST, LEAST_AT_ONCE = 1_000, 200
SHOWN = Coalesce("customer__tier_override__tier", "customer__facts__tier")
Moves = Mapping[tuple[str, str], int]

_OVER = """
    UPDATE insight_tierchange SET until_on = %(day)s
    WHERE until_on IS NULL AND customer_id IN (
        SELECT customer_id FROM insight_customerfacts
        WHERE customer_id BETWEEN %(low)s AND %(high)s AND NOT (tier = known_tier)
            AND customer_id NOT IN (SELECT customer_id FROM insight_tieroverride))
"""
_MOVED = """
    INSERT INTO insight_tierchange
        (customer_id, from_tier, to_tier, changed_on, written_at, why, reason)
    SELECT customer_id, known_tier, tier, %(day)s, %(at)s, %(why)s, ''
    FROM insight_customerfacts
    WHERE customer_id BETWEEN %(low)s AND %(high)s AND NOT (tier = known_tier)
        AND customer_id NOT IN (SELECT customer_id FROM insight_tieroverride)
    ORDER BY customer_id
"""
_KNOWN = """
    UPDATE insight_customerfacts SET known_tier = tier, tier_since = %(day)s
    WHERE customer_id BETWEEN %(low)s AND %(high)s AND NOT (tier = known_tier)
"""
_FIRST = """
    INSERT INTO insight_tierchange
        (customer_id, from_tier, to_tier, changed_on, written_at, why, reason)
    SELECT f.customer_id, '', coalesce(o.tier, f.known_tier), %(day)s, %(at)s, %(why)s, ''
    FROM insight_customerfacts f
    LEFT JOIN insight_tieroverride o ON o.customer_id = f.customer_id
    WHERE f.customer_id BETWEEN %(low)s AND %(high)s AND NOT (f.known_tier = '')
        AND NOT EXISTS (SELECT 1 FROM insight_tierchange t WHERE t.customer_id = f.customer_id)
    ORDER BY f.customer_id
"""
# The numbers of customers are put in by name.
_LEFT = """
    UPDATE insight_tierchange SET until_on = %(day)s
    WHERE until_on IS NULL AND customer_id IN (
        SELECT customer_id FROM insight_customerfacts WHERE customer_id IN ({among}))
"""
_GONE = """
    INSERT INTO insight_tierchange
        (customer_id, from_tier, to_tier, changed_on, written_at, why, reason)
    SELECT f.customer_id, coalesce(o.tier, f.known_tier), '', %(day)s, %(at)s, %(why)s, ''
    FROM insight_customerfacts f
    LEFT JOIN insight_tieroverride o ON o.customer_id = f.customer_id
    WHERE f.customer_id IN ({among}) AND NOT (f.known_tier = '')
    ORDER BY f.customer_id
"""


def write_down_moves(day: date, *, at: datetime) -> Moves:
    """One row for everyone whose counted tier is another than before; how many moved whither.

    Where a person's word stands over the count, nothing moves for those who look.
    """
    moves: Counter[tuple[str, str]] = Counter()
    moved = CustomerFacts.objects.exclude(tier=F("known_tier")).order_by("pk")
    found = list(moved.values_list("pk", flat=True))
    for low, high in Pace(ROWS_AT_FIRST, rest=REST).pieces(0, len(found) - 1):
        moves.update(_moved_among(found[low], found[high], day, at=at))
    return moves


@transaction.atomic
def _moved_among(low: int, high: int, day: date, *, at: datetime) -> Moves:
    moved = CustomerFacts.objects.select_for_update().exclude(tier=F("known_tier"))
    rows = list(moved.filter(pk__gte=low, pk__lte=high).values_list("pk", "known_tier", "tier"))
    stretch = {"low": low, "high": high}
    by_hand = TierOverride.objects.filter(pk__in=[pk for pk, *_tiers in rows])
    held = set(by_hand.values_list("pk", flat=True))
    run_sql(_OVER, {**stretch, **_moment(day, at)})
    run_sql(_MOVED, {**stretch, **_moment(day, at), "why": TierWhy.COUNT.value})
    run_sql(_KNOWN, {**stretch, **_moment(day, at)})
    return Counter((before, now) for pk, before, now in rows if pk not in held)


def begin_history(day: date, *, at: datetime) -> int:
    """What everyone was when changes began to be written down; in steps, and safe to run again."""
    last = CustomerFacts.objects.aggregate(last=Max("pk"))["last"] or 0
    written = 0
    for low, high in Pace(ROWS_AT_FIRST, rest=REST).pieces(0, last):
        stretch = {"low": low, "high": high}
        with transaction.atomic():
            written += run_sql(_FIRST, {**stretch, **_moment(day, at), "why": TierWhy.FIRST.value})
    return written


def _moment(day: date, at: datetime) -> dict[str, object]:
    ops = connection.ops
    return {
        "day": ops.adapt_datefield_value(day),
        "at": ops.adapt_datetimefield_value(at),
    }


def let_go_of_archived(day: date, *, at: datetime, only_noted: bool = False) -> None:
    """Whoever was taken off the list has no tier, and no facts, from now on.

    They are looked for among all, or among those alone whose books changed.
    """
    gone = CustomerFacts.objects.filter(customer__archived_at__isnull=False)
    if only_noted:
        gone = gone.filter(pk__in=Recount.objects.values("customer_id"))
    # Looked for before the first is written: nobody waits for a look at a million.
    found = list(gone.order_by("pk").values_list("pk", flat=True))
    for low, high in Pace(ROWS_AT_FIRST, rest=REST).pieces(0, len(found) - 1):
        _let_go(found[low : high + 1], day, at=at)


@transaction.atomic
def _let_go(some: Sequence[int], day: date, *, at: datetime) -> None:
    # Some may have been put back since they were found.
    still = Customer.objects.filter(pk__in=some, archived_at__isnull=False)
    ids = list(still.values_list("pk", flat=True))
    if not ids:
        return
    among = ", ".join(str(int(pk)) for pk in ids)
    run_sql(_LEFT.format(among=among), _moment(day, at))
    run_sql(_GONE.format(among=among), {**_moment(day, at), "why": TierWhy.GONE.value})
    CustomerFacts.objects.filter(pk__in=ids).delete()


def write_down_word(
    customer: Customer, before: str, *, why: TierWhy, day: date, at: datetime,
    reason: str = "", set_by_id: int | None = None,
) -> None:  # fmt: skip
    """A person's word changed which tier people see, or was taken back."""
    now = shown_tier_of(customer)
    if now == before:
        return
    TierChange.objects.filter(customer=customer, until_on=None).update(until_on=day)
    TierChange.objects.create(
        customer=customer, from_tier=before, to_tier=now, changed_on=day, written_at=at,
        why=why, reason=reason, set_by_id=set_by_id,
    )  # fmt: skip


def write_down_undone(day: date, *, at: datetime) -> int:
    """Words of persons that an undo took back, written down so; returns how many."""
    said = TierChange.objects.filter(until_on=None, why=TierWhy.SET).order_by("pk")
    undone = [pk for pk, to, now in said.values_list("customer", "to_tier", SHOWN) if to != now]
    for low, high in Pace(LEAST_AT_ONCE).pieces(0, len(undone) - 1):
        with transaction.atomic():
            for customer in Customer.objects.filter(pk__in=undone[low : high + 1]):
                change = TierChange.objects.filter(customer=customer, until_on=None).last()
                if change is not None:
                    why = TierWhy.TAKEN_BACK
                    write_down_word(customer, change.to_tier, why=why, day=day, at=at)
    return len(undone)
