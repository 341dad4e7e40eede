"""Holding messages for a while, and letting them leave again."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.bulk import rows_of
from regulars.core.errors import NotAllowed
from regulars.core.events import announce
from regulars.customers.models import Customer
from regulars.messaging.choices import HoldKind, Holds
from regulars.messaging.errors import HoldElsewhere, HoldOver
from regulars.messaging.events import HoldLifted, HoldPlaced
from regulars.messaging.models import Hold
from regulars.messaging.predicate import JUDGING
from regulars.messaging.rules import is_of_a_room, may_hold, may_hold_everybody

# What each kind of hold stops. Nobody is sold to who waits for an answer, and in a bereavement
# even a friendly word can hurt; what they bought still gets its messages.
STOPS = {
    HoldKind.CASE: Holds.SELLING,
    HoldKind.BEREAVEMENT: Holds.OFFERED,
    HoldKind.CRISIS: Holds.SELLING,
    HoldKind.OTHER: Holds.OFFERED,
}


@transaction.atomic
def place_hold(
    customer: Customer | None,
    kind: HoldKind,
    *,
    by: Actor,
    at: datetime,
    stops: Holds | None = None,
    until: datetime | None = None,
    why: str = "",
    source: str = "desk",
) -> Hold:
    """Hold messages to a customer, or to everybody, until a day or until it is lifted.

    The same source holds for the same reason once; placed again, it lasts as long as asked now.
    """
    _check(customer, by, until, at)
    # A message on its way is judged before this or after it, never by half.
    if customer is not None:
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    else:
        wait_for_windows()
    described = {
        "stops": stops or STOPS[kind], "why": why.strip()[:300], "until": until,
        "since": at, "placed_by_id": by.member_id,
    }  # fmt: skip
    hold, _is_new = (
        Hold.objects.standing_at(at)
        .filter(beyond=None)
        .update_or_create(customer=customer, kind=kind, source=source, defaults=described)
    )
    audit.record(
        "held messages", hold, by=by, at=at, customer=hold.customer_id, kind=kind, stops=hold.stops
    )
    announce(HoldPlaced(hold.pk, hold.customer_id, kind), at=at)
    return hold


def wait_for_windows() -> None:
    """Wait until each window that is being judged is written down; the next is judged after us."""
    if connection.vendor == "postgresql":
        rows_of("SELECT pg_advisory_xact_lock(%s)", [JUDGING])


def _check(customer: Customer | None, by: Actor, until: datetime | None, at: datetime) -> None:
    may = may_hold(by, customer) if customer is not None else may_hold_everybody(by)
    if not may:
        raise NotAllowed(
            _("You may not hold these messages."), _("Ask whoever looks after them, or an owner.")
        )
    if until is not None and until <= at:
        raise HoldOver(
            _("That day has passed, so it would hold nothing."), _("Choose a day to come.")
        )


@transaction.atomic
def lift_hold(hold: Hold, *, by: Actor, at: datetime) -> Hold:
    """Let messages leave again that a hold kept back."""
    hold = Hold.objects.select_related("customer").select_for_update(of=("self",)).get(pk=hold.pk)
    may = may_hold(by, hold.customer) if hold.customer else may_hold_everybody(by)
    if not may:
        raise NotAllowed(
            _("You may not let these messages leave."),
            _("Ask whoever looks after them, or an owner."),
        )
    if is_of_a_room(hold):
        raise HoldElsewhere(
            _("This hold belongs to something larger, and ends with it."),
            _("A disruption is ended under Recovery, where you see what starts again."),
        )
    if hold.customer_id is not None:
        # Whatever the gate judged under this hold is written down before we say that it is over.
        Customer.objects.select_for_update(no_key=True).get(pk=hold.customer_id)
    if hold.lifted_at is None:
        hold.lifted_at = at
        hold.save(update_fields=["lifted_at"])
        audit.record("let messages go", hold, by=by, at=at, customer=hold.customer_id)
        announce(HoldLifted(hold.pk, hold.customer_id), at=at)
    return hold


@transaction.atomic
def lift_holds_of(source: str, *, by: Actor, at: datetime) -> int:
    """Let messages to single customers leave again that a room held for a matter of its own.

    Only the room itself calls it, when that matter is over; returns how many holds were lifted.
    """
    standing = Hold.objects.filter(source=source, lifted_at=None).exclude(customer=None)
    ids = sorted(set(standing.values_list("customer_id", flat=True)))
    list(Customer.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    holds = list(standing)
    for hold in holds:
        hold.lifted_at = at
        hold.save(update_fields=["lifted_at"])
        audit.record("let messages go", hold, by=by, at=at, customer=hold.customer_id)
        announce(HoldLifted(hold.pk, hold.customer_id), at=at)
    return len(holds)
