"""Whom a price undercuts: how many, who, by how much, and what was done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Sum

from regulars.core.actor import Actor
from regulars.core.keyset import Cursor, Key, Page, Segment, page_of
from regulars.core.money import Money
from regulars.customers.queries.people import customers_for
from regulars.prices.models import Concern, ConcernQuerySet, Price, Righting
from regulars.prices.rules import may_see_who

SIZE = 25
ORDER = "prices:concerned"
_KEYS = (Key("due_minor", is_descending=True), Key("pk"))


def concerns_for(actor: Actor, price: Price) -> ConcernQuerySet:
    """Those of a price whom this person may see, whatever was done for them."""
    rows = Concern.objects.filter(price=price, taken_back_at=None)
    if not may_see_who(actor):
        return rows.none()
    return rows.filter(Exists(customers_for(actor).filter(pk=OuterRef("customer"))))


def page_of_concerns(actor: Actor, price: Price, cursor: str) -> Page[Concern]:
    """Those for whom nothing was done yet, who paid most above it first; then the rest."""
    rows = concerns_for(actor, price)
    parts = [
        Segment(rows.filter(remedy=""), _KEYS),
        Segment(rows.exclude(remedy=""), _KEYS),
    ]
    whole = rows.select_related("customer", "price", "righting")
    return page_of(parts, whole, ORDER, Cursor.read(cursor, ORDER), SIZE)


def unsettled_of(price: Price) -> tuple[int, int]:
    """For how many nothing was done yet, and what they paid above it, as it is this moment."""
    rows = Concern.objects.unsettled().filter(price=price)
    sums = rows.aggregate(n=Count("pk"), sum=Sum("due_minor"))
    return sums["n"], sums["sum"] or 0


@dataclass(frozen=True, slots=True)
class Cost:
    """What it costs to make right everything that waits, in one currency."""

    amount: Money
    customers: int
    prices: int


def costs_of(prices: Sequence[Price]) -> list[Cost]:
    """By currency: amounts of different currencies do not add up."""
    found: dict[str, list[Price]] = {}
    for one in prices:
        if one.open_count:
            found.setdefault(one.currency, []).append(one)
    return [
        Cost(
            Money(sum(one.open_minor for one in some), currency),
            sum(one.open_count for one in some), len(some),
        )
        for currency, some in sorted(found.items())
    ]  # fmt: skip


def rightings_of(price: Price) -> list[Righting]:
    """What was done for them, the last first."""
    rows = Righting.objects.filter(price=price).select_related("price", "offer", "mailing")
    return list(rows.select_related("made_by").order_by("-pk"))


def last_given(customer_ids: Collection[int]) -> list[Concern]:
    """The last difference that each of these got back as store credit."""
    given = Concern.objects.filter(
        customer__in=customer_ids, remedy="credit", taken_back_at=None, due_minor__gt=0
    )
    rows = given.select_related("price").order_by("settled_at", "pk")
    return list({one.customer_id: one for one in rows}.values())
