"""Looking who has come back: set by set, in short transactions, after each count of insight."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Subquery

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.insight.actions import count_for
from regulars.insight.counting import counted
from regulars.insight.models import CustomerFacts
from regulars.insight.queries import first_day_of_the_books
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.recovery.choices import ReturnState
from regulars.recovery.models import Disruption, Return, WayBack
from regulars.recovery.queries.disruptions import customers_hit
from regulars.recovery.queries.way_back import all_followed
from regulars.recovery.returning import CUSTOMERS_THEN, figures_of
from regulars.team.queries import the_named_business

AT_ONCE = 2000


def count_the_way_back(*, by: Actor, at: datetime) -> int | None:
    """Look who has bought again since each disruption of a year, and keep what the page shows.

    Gives how many were customers before the last one; none where nothing happened within a year.
    Must not be called inside a transaction. Safe to run twice.
    """
    counts = [_count(disruption, by=by, at=at) for disruption in all_followed(at)]
    return counts[0] if counts else None


def _count(disruption: Disruption, *, by: Actor, at: datetime) -> int:
    today = the_named_business().day_of(at)
    since_on = the_named_business().day_of(disruption.since)
    was = disruption.returns.first()
    if was is not None and was.since_on != since_on:
        _forget(disruption)
        was = None
    if was is None:
        _write_down_who_was_there(disruption, since_on, at=at)
    for ids in _batches(disruption):
        _look_again(disruption, since_on, today, ids)
    figures = figures_of(disruption, at)
    with transaction.atomic():
        kept, _made = WayBack.objects.update_or_create(
            disruption=disruption, defaults={"as_of": today, "counted_at": at, "figures": figures}
        )
        audit.record("counted who is back after", disruption, by=by, at=at)
    return int(sum(kept.figures["whole"].values()))


def _forget(disruption: Disruption) -> None:
    for ids in _batches(disruption):
        Return.objects.filter(disruption=disruption, pk__gte=ids[0], pk__lte=ids[1]).delete()


def _write_down_who_was_there(disruption: Disruption, since_on: date, *, at: datetime) -> None:
    eve, first = since_on - timedelta(days=1), first_day_of_the_books()
    if first is None or first > eve:
        return
    with counted(count_for(eve, at=at)) as result:
        facts = result.facts
        then = facts.filter((facts.purchase_count > 0) & facts.tier.isin(CUSTOMERS_THEN))
        columns = result.counter.columns(then.select("customer_id", "tier").order_by("customer_id"))
    found = list(zip(columns["customer_id"], columns["tier"], strict=True))
    for place in range(0, len(found), AT_ONCE):
        _write_some(disruption, since_on, found[place : place + AT_ONCE], at)


def _write_some(
    disruption: Disruption, since_on: date, some: Sequence[tuple[Any, Any]], at: datetime
) -> None:
    ids = [int(pk) for pk, _tier in some]
    # Only those who are still on the list, and whom it hit.
    there = (
        Customer.objects.on_the_list() if disruption.is_everybody
        else customers_hit(disruption.segment, at)
    )  # fmt: skip
    kept = set(there.filter(pk__in=ids).values_list("pk", flat=True))
    Return.objects.bulk_create(
        [
            Return(disruption=disruption, customer_id=pk, since_on=since_on, tier=str(tier))
            for pk, tier in ((int(pk), tier) for pk, tier in some)
            if pk in kept
        ],
        ignore_conflicts=True,
    )


def _batches(disruption: Disruption) -> Iterator[tuple[int, int]]:
    """The keys of their rows, so many at a time."""
    edges = disruption.returns.aggregate(first=Min("pk"), last=Max("pk"))
    if edges["first"] is None:
        return
    for first in range(edges["first"], edges["last"] + 1, AT_ONCE):
        yield first, first + AT_ONCE - 1


@transaction.atomic
def _look_again(disruption: Disruption, since_on: date, today: date, ids: tuple[int, int]) -> None:
    some = Return.objects.filter(disruption=disruption, pk__gte=ids[0], pk__lte=ids[1])
    facts = CustomerFacts.objects.filter(pk=OuterRef("customer_id"))
    has_bought, is_overdue = facts.filter(last_on__gt=since_on), facts.filter(due_on__lt=today)
    bought = Order.objects.filter(
        customer=OuterRef("customer_id"), kind=OrderKind.SALE, placed_on__gt=since_on
    ).order_by("placed_on")
    away = some.exclude(state=ReturnState.BACK)
    away.filter(Exists(has_bought)).update(
        state=ReturnState.BACK, back_on=Subquery(bought.values("placed_on")[:1])
    )
    # What made them come back may have been taken back since.
    gone = some.filter(state=ReturnState.BACK).exclude(Exists(has_bought))
    gone.update(state=ReturnState.WAITING, back_on=None)
    some.filter(Exists(is_overdue), state=ReturnState.WAITING).update(state=ReturnState.OVERDUE)
    late = some.filter(state=ReturnState.OVERDUE).exclude(Exists(is_overdue))
    late.update(state=ReturnState.WAITING)
