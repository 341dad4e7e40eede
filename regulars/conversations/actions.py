"""Writing touches down, and taking them back."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from regulars.consent.choices import PERSONAL, Channel, Purpose
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.errors import TouchInTheFuture, TouchTakenBackAlready
from regulars.conversations.events import TouchesLogged, TouchLogged, TouchTakenBack
from regulars.conversations.models import Clock, Touch
from regulars.core import audit
from regulars.core.actor import SYSTEM, Actor
from regulars.core.events import announce
from regulars.customers.models import Customer
from regulars.messaging.actions.contacts import (
    count_touch,
    count_touches,
    uncount_touch,
    uncount_touches,
)
from regulars.messaging.choices import REACHED, State
from regulars.messaging.models import Attempt, Message

# A message that reached them stays in the timeline, whatever they thought of it.
NOTED = (*REACHED, State.COMPLAINED)
# The clock of a telephone may be a little ahead of ours.
AHEAD = timedelta(minutes=5)
_HANDS = ("last_touch_at", "last_channel", "last_personal_at")


@transaction.atomic
def log_touch(  # noqa: PLR0913 - a touch has that many sides, and each is named
    customer: Customer,
    *,
    channel: Channel,
    direction: Direction,
    purpose: Purpose,
    outcome: Outcome,
    happened_at: datetime,
    by: Actor,
    at: datetime,
    body: str = "",
    said: str = "",
    minutes: int | None = None,
) -> Touch:
    """Write down that we were in touch with a customer, which starts their clock anew.

    A call that nobody answered is kept and leaves the clock as it is.
    """
    if happened_at > at + AHEAD:
        raise TouchInTheFuture(
            _("What is still to come cannot be written down as done."),
            _("Choose the day on which it happened."),
        )
    # One row at a time per customer: two touches in one second must not both read an old clock.
    Customer.objects.select_for_update().get(pk=customer.pk)
    touch = Touch.objects.create(
        customer=customer,
        channel=channel,
        direction=direction,
        purpose=purpose,
        outcome=outcome,
        happened_at=happened_at,
        recorded_at=at,
        member_id=by.member_id,
        body=body.strip(),
        said=said.strip(),
        minutes=minutes,
    )
    if touch.is_real:
        _wind(touch)
        _count(touch, at)
    audit.record("logged", touch, by=by, at=at, customer=customer.pk)
    announce(TouchLogged(touch.pk, customer.pk, happened_at.isoformat()), at=at)
    return touch


@transaction.atomic
def log_posted(
    customer_ids: Collection[int], *, channel: Channel, purpose: Purpose, by: Actor, at: datetime,
    body: str | Mapping[int, str] = "",
) -> list[Touch]:  # fmt: skip
    """Write down what was posted to many at once: a touch of each, at this moment.

    `body` is what all of them got, or by customer what each got.
    """
    said = defaultdict(lambda: body) if isinstance(body, str) else body
    locked = Customer.objects.select_for_update().filter(pk__in=customer_ids).order_by("pk")
    touches = Touch.objects.bulk_create(
        Touch(
            customer_id=pk, channel=channel, direction=Direction.OUT, purpose=purpose,
            outcome=Outcome.SENT, happened_at=at, recorded_at=at, member_id=by.member_id,
            body=said[pk].strip(),
        )
        for pk in locked.values_list("pk", flat=True)
    )  # fmt: skip
    _wind_all(touches)
    count_touches(
        [(one.customer_id, one.pk) for one in touches], channel=channel, purpose=purpose, at=at
    )
    audit.record("logged together", "touches", by=by, at=at, count=len(touches))
    announce(TouchesLogged(len(touches), at.isoformat()), at=at)
    return touches


@transaction.atomic
def take_back_posted(touch_ids: Collection[int], *, by: Actor, at: datetime) -> int:
    """Take back what was posted to many, as if it had not been; returns how many touches."""
    theirs = Touch.objects.standing().filter(pk__in=touch_ids)
    ids = sorted(set(theirs.values_list("customer_id", flat=True)))
    list(Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    touches = list(theirs.order_by("pk"))
    Touch.objects.filter(pk__in=[one.pk for one in touches]).update(taken_back_at=at)
    _rewind_all(ids)
    uncount_touches([one.pk for one in touches], at=at)
    audit.record("took back together", "touches", by=by, at=at, count=len(touches))
    for touch in touches:
        announce(TouchTakenBack(touch.pk, touch.customer_id), at=at)
    return len(touches)


def _count(touch: Touch, at: datetime) -> None:
    """What we do ourselves is heard as our messages are; what they do is not."""
    if touch.direction == Direction.OUT:
        count_touch(
            touch.customer_id, touch.pk, channel=touch.channel, purpose=touch.purpose,
            happened_at=touch.happened_at, at=at,
        )  # fmt: skip


def _wind(touch: Touch) -> None:
    """Set the clock, unless a later touch has set it already."""
    clock = Clock.objects.filter(pk=touch.customer_id).first()
    if clock is None:
        _set_by(Clock(customer_id=touch.customer_id), touch).save(force_insert=True)
    else:
        _set_by(clock, touch).save()


def _set_by(clock: Clock, touch: Touch) -> Clock:
    """The clock after one more touch; each of its hands moves forward only."""
    if clock.last_touch_at is None or clock.last_touch_at <= touch.happened_at:
        clock.last_touch_at, clock.last_channel = touch.happened_at, touch.channel
    if touch.channel in PERSONAL:
        before = clock.last_personal_at or touch.happened_at
        clock.last_personal_at = max(before, touch.happened_at)
    return clock


@transaction.atomic
def take_back_touch(touch: Touch, *, by: Actor, at: datetime) -> Touch:
    """Take a touch back, as if it had not been written; the clock shows the one before it."""
    Customer.objects.select_for_update().get(pk=touch.customer_id)
    touch = Touch.objects.get(pk=touch.pk)
    if touch.taken_back_at is not None:
        raise TouchTakenBackAlready(_("This has been taken back already."))
    touch.taken_back_at = at
    touch.save(update_fields=["taken_back_at"])
    _rewind(touch.customer_id)
    uncount_touch(touch.pk, at=at)
    audit.record("took back", touch, by=by, at=at, customer=touch.customer_id)
    announce(TouchTakenBack(touch.pk, touch.customer_id), at=at)
    return touch


def _rewind(customer_id: int) -> None:
    real = Touch.objects.standing().filter(~Q(outcome=Outcome.NO_ANSWER), customer_id=customer_id)
    last = real.order_by("-happened_at", "-id").first()
    if last is None:
        Clock.objects.filter(customer_id=customer_id).delete()
        return
    personal = real.filter(channel__in=PERSONAL).aggregate(last=Max("happened_at"))["last"]
    values = {"last_touch_at": last.happened_at, "last_channel": last.channel}
    Clock.objects.update_or_create(
        customer_id=customer_id, defaults=values | {"last_personal_at": personal}
    )


def _rewind_all(customer_ids: Collection[int]) -> None:
    """The same for many, in as many statements as for one."""
    real = Touch.objects.standing().exclude(outcome=Outcome.NO_ANSWER)
    real = real.filter(customer=OuterRef("pk")).order_by("-happened_at", "-id")
    personal = real.filter(channel__in=PERSONAL)
    rows = Customer.objects.filter(pk__in=customer_ids).values_list(
        "pk", Subquery(real.values("happened_at")[:1]), Subquery(real.values("channel")[:1]),
        Subquery(personal.values("happened_at")[:1]),
    )  # fmt: skip
    Clock.objects.filter(customer__in=customer_ids).delete()
    Clock.objects.bulk_create(
        Clock(customer_id=pk, last_touch_at=at, last_channel=channel, last_personal_at=by_hand)
        for pk, at, channel, by_hand in rows
        if at is not None
    )


@transaction.atomic
def note_messages(message_ids: Collection[str], *, at: datetime) -> int:
    """Write messages that left into the timeline as touches; each once, however often asked.

    They start the customers' clocks anew, as a touch by a person does. What they take of what a
    customer may hear is counted where they are sent, so nothing is counted here.
    """
    fresh = list(_left_and_not_noted(message_ids))
    # In the order of their numbers, so that two at once never wait for each other.
    ids = sorted({message.customer_id for message in fresh if message.customer_id is not None})
    list(Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    touches = [_touch_of(message, at) for message in fresh]
    Touch.objects.bulk_create(touches, ignore_conflicts=True)
    _wind_all(touches)
    return len(touches)


@transaction.atomic
def take_back_messages(message_ids: Collection[str], *, at: datetime) -> int:
    """Take back the touches of messages that came back; the clock shows what was before.

    The messages themselves stay in the timeline, as what came back.
    """
    theirs = Touch.objects.standing().filter(message__pk__in=message_ids)
    ids = sorted(set(theirs.values_list("customer_id", flat=True)))
    list(Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    touches = list(theirs.order_by("pk"))
    theirs.update(taken_back_at=at)
    for customer_id in ids:
        _rewind(customer_id)
    for touch in touches:
        audit.record("took back", touch, by=SYSTEM, at=at, customer=touch.customer_id)
        announce(TouchTakenBack(touch.pk, touch.customer_id), at=at)
    return len(touches)


def _left_and_not_noted(message_ids: Collection[str]) -> Iterable[Any]:
    begun = Attempt.objects.filter(message=OuterRef("pk")).order_by("-epoch").values("begun_at")
    found = Message.objects.filter(pk__in=message_ids, state__in=NOTED, touch=None)
    return found.exclude(customer=None).annotate(left_at=Subquery(begun[:1])).order_by("pk")


def _touch_of(message: Any, at: datetime) -> Touch:
    return Touch(
        customer_id=message.customer_id,
        channel=message.channel,
        direction=Direction.OUT,
        purpose=message.purpose,
        outcome=Outcome.SENT,
        happened_at=message.left_at or message.state_at,
        recorded_at=at,
        member_id=message.created_by_id,
        source="message",
        message_id=message.pk,
    )


def _wind_all(touches: Collection[Touch]) -> None:
    """The same as `_wind`, for many: a clock that a later touch has set stays."""
    there = Clock.objects.in_bulk({touch.customer_id for touch in touches})
    fresh: dict[int, Clock] = {}
    for touch in touches:
        clock = there.get(touch.customer_id) or fresh.setdefault(
            touch.customer_id, Clock(customer_id=touch.customer_id)
        )
        _set_by(clock, touch)
    Clock.objects.bulk_update(there.values(), _HANDS)
    Clock.objects.bulk_create(fresh.values())
