"""Holding messages to many customers at once, and letting them leave again, a stretch at a time."""

from array import array
from collections.abc import Callable, Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.events import announce
from regulars.customers.models import Customer
from regulars.messaging.actions.holds import STOPS, wait_for_windows
from regulars.messaging.actions.waiting import leave_waking
from regulars.messaging.choices import HoldKind
from regulars.messaging.events import HoldLifted, HoldPlaced
from regulars.messaging.models import Hold
from regulars.messaging.rules import may_hold_everybody

# RELIABILITY, amendments: a transaction of bulk work lasts at most 100 ms.
STRETCH = 1000


@transaction.atomic
def hold_until_looked_at(
    kind: HoldKind, *, source: str, by: Actor, at: datetime, why: str = ""
) -> Hold:
    """Hold messages to everybody until it is known whom a room means: `hold_those` says it.

    From then on it holds those whose number is higher than any that was looked at.
    """
    if not may_hold_everybody(by):
        raise NotAllowed(_("Only an owner or a manager holds messages to many."))
    wait_for_windows()
    hold, is_new = Hold.objects.get_or_create(
        customer=None, kind=kind, source=source, lifted_at=None, beyond__isnull=False,
        defaults={"stops": STOPS[kind], "why": why[:300], "since": at, "beyond": 0,
                  "placed_by_id": by.member_id},
    )  # fmt: skip
    if is_new:
        audit.record("held messages of many", hold, by=by, at=at, kind=kind)
        announce(HoldPlaced(hold.pk, None, kind), at=at)
    return hold


def hold_those(
    ids: Collection[int], *, source: str, looked_up_to: int, at: datetime,
    heard: Callable[[int], None] | None = None,
) -> int:  # fmt: skip
    """Hold messages to these customers too, and let those go who were looked at and are not meant.

    `looked_up_to` is the highest number there was before `ids` were asked for. Returns how many
    are held anew; done again after a kill, it writes only what is missing.
    """
    guard = Hold.objects.filter(source=source, customer=None, lifted_at=None)
    placed = guard.exclude(beyond=None).first()
    if placed is None:
        return 0
    standing = Hold.objects.filter(source=source, lifted_at=None).exclude(customer=None)
    there = set(standing.values_list("customer_id", flat=True).iterator(chunk_size=20_000))
    missing = array("q", sorted(set(ids) - there))
    for start in range(0, len(missing), STRETCH):
        _hold(missing[start : start + STRETCH], placed, at)
        if heard is not None:
            heard(start)
    guard.filter(beyond__lt=looked_up_to).update(beyond=looked_up_to)
    if looked_up_to > (placed.beyond or 0):
        leave_waking(["held"], at=at)
    return len(missing)


@transaction.atomic
def _hold(ids: "array[int]", placed: Hold, at: datetime) -> None:
    # Whoever was erased meanwhile has no messages any more.
    still = Customer.objects.filter(pk__in=ids.tolist()).order_by("pk")
    if not Hold.objects.select_for_update().filter(pk=placed.pk, lifted_at=None).exists():
        return
    Hold.objects.bulk_create(
        Hold(
            customer_id=pk, kind=placed.kind, stops=placed.stops, why=placed.why,
            source=placed.source, since=at, placed_by_id=placed.placed_by_id,
        )
        for pk in still.select_for_update(no_key=True).values_list("pk", flat=True)
    )  # fmt: skip


def let_go_of_single_holds(
    source: str, *, at: datetime, heard: Callable[[int], None] | None = None
) -> int:
    """Let go, a stretch at a time, those whom a room held one by one; returns how many."""
    ended = 0
    theirs = Hold.objects.filter(source=source, lifted_at=None)
    while ids := list(theirs.exclude(customer=None).values_list("pk", flat=True)[:STRETCH]):
        ended += Hold.objects.filter(pk__in=ids, lifted_at=None).update(lifted_at=at)
        if heard is not None:
            heard(ended)
    return ended


@transaction.atomic
def let_go_of(source: str, *, by: Actor, at: datetime) -> int:
    """Let everybody go whom a room held under this name; those held one by one go before."""
    last = Hold.objects.select_for_update().filter(source=source, customer=None, lifted_at=None)
    holds = list(last)
    for hold in holds:
        hold.lifted_at = at
        hold.save(update_fields=["lifted_at"])
        audit.record("let messages go", hold, by=by, at=at)
        announce(HoldLifted(hold.pk, None), at=at)
    return len(holds)
