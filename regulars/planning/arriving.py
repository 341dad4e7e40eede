"""What was done without a connection: touches and putting off; each arrives once, in its order."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_touch
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.models import Touch
from regulars.conversations.queries import is_logger
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.customers.models import Customer
from regulars.customers.queries.people import customer_for
from regulars.planning.actions import finish_item, put_off_item, snooze_item
from regulars.planning.choices import Arrival, ItemState
from regulars.planning.errors import AlreadySettled
from regulars.planning.models import OfflineTouch, PlanItem
from regulars.planning.priors import MINUTES
from regulars.team.queries import the_named_business

# A device's clock that is off by less is left alone: the way to us takes its time as well.
RIGHT_ENOUGH = timedelta(minutes=2)
# How long a device may be away; what it says of times before that is not believed.
LONGEST_AWAY = timedelta(days=14)
# A merged card may have been merged again; nobody merges more often than that in a fortnight.
MOST_MERGES = 20
# As on the page with a connection.
LONGEST_REMARK = 500


@dataclass(frozen=True, slots=True)
class Said:
    """How somebody was in touch, and what came of it."""

    channel: Channel
    outcome: Outcome
    line: str


@dataclass(frozen=True, slots=True)
class PutOff:
    """Later, by one of the days that are offered (a `Snooze`), or not now: no day, and why."""

    until: str = ""
    line: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a device brings: what was done, and the times by which its clock can be judged."""

    client_id: UUID
    customer_id: int
    item_id: int | None
    said: Said | PutOff
    # By the device's clock: when it happened, and when it was sent.
    device_at: datetime
    sent_at: datetime
    # By ours: when the list was handed out.
    listed_at: datetime


@transaction.atomic
def take_in(brought: Brought, *, by: Actor, at: datetime) -> OfflineTouch:
    """Write down a touch that a device kept while there was no connection, once.

    Nothing that happened is lost: where a colleague was in touch as well, both are kept and
    whoever was slower is told. Sent again, it is known again.
    """
    if not is_logger(by):
        raise NotAllowed(_("You may look, and write nothing down. An owner can change that."))
    known = OfflineTouch.objects.filter(client_id=brought.client_id).first()
    if known is not None:
        return _theirs(known, by)
    listed_at = _listed_at(brought, at)
    happened_at = _when(brought, listed_at, by, at)
    customer = _whoever_is_left(brought.customer_id)
    item = _item_of(brought, customer)
    if customer is not None and (item is None or item.plan.member_id != by.member_id):
        customer_for(by, customer.pk)
    is_touch = isinstance(brought.said, Said)
    other = _other_touch(customer, listed_at, by) if customer and is_touch else None
    try:
        with transaction.atomic():
            arrived = OfflineTouch.objects.create(
                client_id=brought.client_id,
                member_id=_member_id(by),
                customer=customer,
                state=Arrival.GONE if customer is None else Arrival.WRITTEN,
                listed_at=listed_at,
                happened_at=happened_at,
                received_at=at,
                other_touch=other,
            )
    except IntegrityError:
        # Sent twice in the same moment: the other one writes it down.
        return _theirs(OfflineTouch.objects.get(client_id=brought.client_id), by)
    if customer is not None:
        _take_up(arrived, brought.said, item, by=by, at=at)
    return arrived


@transaction.atomic
def finish_once(
    item: PlanItem,
    client_id: UUID,
    *,
    outcome: str,
    line: str,
    channel: str,
    by: Actor,
    at: datetime,
) -> PlanItem:
    """Finish an item; where the answer did not reach the device and it is sent again, once.

    A colleague who finished the same item first has reached the customer as well: both are kept.
    """
    known = OfflineTouch.objects.filter(client_id=client_id).first()
    if known is not None:
        _theirs(known, by)
        return item
    other = _other_touch(item.customer, item.plan.made_at, by)
    try:
        with transaction.atomic():
            finished = finish_item(item, outcome=outcome, line=line, channel=channel, by=by, at=at)
        item, touch = finished, finished.touch
    except AlreadySettled:
        if other is None or _own_since(item, by).exists():
            raise
        said = Said(Channel(channel), Outcome(outcome), line)
        touch = _logged(item.customer, said, item, at, by=by, at=at)
    OfflineTouch.objects.create(
        client_id=client_id, member_id=_member_id(by), customer_id=item.customer_id, touch=touch,
        other_touch=other, state=Arrival.BESIDE if other else Arrival.WRITTEN,
        listed_at=at, happened_at=at, received_at=at,
    )  # fmt: skip
    return item


@transaction.atomic
def note_seen(arrived: OfflineTouch, *, by: Actor, at: datetime) -> OfflineTouch:
    """Whoever was slower has read that a colleague was in touch as well: it is told no more."""
    _theirs(arrived, by)
    arrived.seen_at = at
    arrived.save(update_fields=["seen_at"])
    audit.record("read", arrived, by=by, at=at, customer=arrived.customer_id)
    return arrived


def arrivals_to_tell(actor: Actor) -> QuerySet[OfflineTouch]:
    """What happened to this member's touches on their way that they do not know yet."""
    told = OfflineTouch.objects.filter(member_id=_member_id(actor), seen_at=None)
    told = told.exclude(state=Arrival.WRITTEN).order_by("pk")
    return told.select_related("customer", "touch", "other_touch__member")


def arrival_of(actor: Actor, arrived_id: int) -> OfflineTouch | None:
    return arrivals_to_tell(actor).filter(pk=arrived_id).first()


def _member_id(actor: Actor) -> int:
    if actor.member_id is None:
        raise NotAllowed(_("Only a member of the staff was in touch."))
    return actor.member_id


def _theirs(arrived: OfflineTouch, by: Actor) -> OfflineTouch:
    if arrived.member_id != _member_id(by):
        raise NotAllowed(_("This was written down by somebody else."))
    return arrived


def _when(brought: Brought, listed_at: datetime, by: Actor, at: datetime) -> datetime:
    """When it happened by our clock: a device whose clock is wrong still knows how long ago.

    Never before the list was handed out, never before what the same list brought earlier, and
    never in the future: the order in which things were written down is the order they keep.
    """
    wrong_by = at - brought.sent_at
    happened_at = brought.device_at
    if abs(wrong_by) > RIGHT_ENOUGH:
        happened_at += wrong_by
    before = OfflineTouch.objects.filter(member_id=_member_id(by), listed_at=listed_at)
    earliest = before.order_by("-happened_at").values_list("happened_at", flat=True).first()
    return min(max(happened_at, earliest or listed_at), at)


def _listed_at(brought: Brought, at: datetime) -> datetime:
    return min(max(brought.listed_at, at - LONGEST_AWAY), at)


def _whoever_is_left(customer_id: int) -> Customer | None:
    """The customer, or into whom they were merged; nobody where they were erased."""
    customer = Customer.objects.filter(pk=customer_id).first()
    for _merge in range(MOST_MERGES):
        if customer is None or customer.merged_into_id is None:
            break
        customer = Customer.objects.filter(pk=customer.merged_into_id).first()
    return None if customer is None or customer.erased_at is not None else customer


def _item_of(brought: Brought, customer: Customer | None) -> PlanItem | None:
    if customer is None or brought.item_id is None:
        return None
    items = PlanItem.objects.select_related("plan").filter(pk=brought.item_id)
    return items.filter(customer=customer).first()


def _own_since(item: PlanItem, by: Actor) -> QuerySet[Touch]:
    """One's own touches of the day with the same customer: from another window it was one call."""
    own = Touch.objects.standing().filter(customer=item.customer_id, member_id=_member_id(by))
    return own.filter(happened_at__gte=item.plan.made_at)


def _other_touch(customer: Customer, since: datetime, by: Actor) -> Touch | None:
    """A colleague's touch with the same customer since the list was handed out."""
    theirs = Touch.objects.standing().filter(
        customer=customer, direction=Direction.OUT, happened_at__gte=since
    )
    # What went to many at once is nobody's call.
    theirs = theirs.exclude(member_id=_member_id(by)).exclude(member=None)
    theirs = theirs.exclude(source="message")
    return theirs.exclude(outcome=Outcome.NO_ANSWER).order_by("-happened_at", "-id").first()


def _take_up(
    arrived: OfflineTouch, said: Said | PutOff, item: PlanItem | None, *, by: Actor, at: datetime
) -> None:
    if isinstance(said, Said):
        _write(arrived, said, item, by=by, at=at)
    elif not _put_off(item or _item_since(arrived), said, by=by, at=at):
        arrived.state = Arrival.SETTLED
        arrived.save(update_fields=["state"])


def _item_since(arrived: OfflineTouch) -> PlanItem | None:
    """Their line on a list that was made anew while the device was away."""
    items = PlanItem.objects.filter(
        customer=arrived.customer_id, plan__member=arrived.member_id,
        plan__day__gte=the_named_business().day_of(arrived.listed_at),
    )  # fmt: skip
    return items.select_related("plan").order_by("plan__day", "pk").first()


def _put_off(item: PlanItem | None, said: PutOff, *, by: Actor, at: datetime) -> bool:
    """Whether it could be put off: not where somebody has settled it meanwhile."""
    if item is None:
        return False
    try:
        with transaction.atomic():
            if said.until:
                snooze_item(item, until=said.until, by=by, at=at)
            else:
                put_off_item(item, remark=said.line[:LONGEST_REMARK], by=by, at=at)
    except AlreadySettled:
        # Put off twice is put off: the answer may not have reached the device.
        state = ItemState.SNOOZED if said.until else ItemState.NOT_NOW
        return PlanItem.objects.filter(pk=item.pk, state=state).exists()
    except NotAllowed:
        return False
    return True


def _write(
    arrived: OfflineTouch, said: Said, item: PlanItem | None, *, by: Actor, at: datetime
) -> None:
    assert arrived.customer is not None
    happened_at = arrived.happened_at
    arrived.touch = _finished(item, said, happened_at, by=by, at=at) or _logged(
        arrived.customer, said, item, happened_at, by=by, at=at
    )
    if arrived.other_touch is not None:
        arrived.state = Arrival.BESIDE
    arrived.save(update_fields=["touch", "state"])


def _finished(
    item: PlanItem | None, said: Said, happened_at: datetime, *, by: Actor, at: datetime
) -> Touch | None:
    """The touch of an item that still stands; nothing where somebody has settled it meanwhile."""
    if item is None:
        return None
    try:
        with transaction.atomic():
            item = finish_item(
                item, outcome=said.outcome, line=said.line, channel=said.channel,
                happened_at=happened_at, by=by, at=at,
            )  # fmt: skip
    except (AlreadySettled, NotAllowed):
        return None
    return item.touch


def _logged(
    customer: Customer,
    said: Said,
    item: PlanItem | None,
    happened_at: datetime,
    *,
    by: Actor,
    at: datetime,
) -> Touch:
    has_spoken = said.channel in (Channel.VISIT, Channel.CALL)
    return log_touch(
        customer,
        channel=said.channel,
        direction=Direction.OUT,
        purpose=Purpose(item.purpose) if item else Purpose.SERVE,
        outcome=said.outcome,
        happened_at=happened_at,
        said=said.line if has_spoken else "",
        body="" if has_spoken else said.line,
        minutes=MINUTES.get(said.channel),
        by=by,
        at=at,
    )
