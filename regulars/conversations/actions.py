"""Writing touches down, and taking them back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.errors import TouchInTheFuture, TouchTakenBackAlready
from regulars.conversations.events import TouchLogged, TouchTakenBack
from regulars.conversations.models import Clock, Touch
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.customers.models import Customer

# The clock of a telephone may be a little ahead of ours.
AHEAD = timedelta(minutes=5)


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
    audit.record("logged", touch, by=by, at=at, customer=customer.pk)
    announce(TouchLogged(touch.pk, customer.pk, happened_at.isoformat()), at=at)
    return touch


def _wind(touch: Touch) -> None:
    """Set the clock, unless a later touch has set it already."""
    values = {"last_touch_at": touch.happened_at, "last_channel": touch.channel}
    clock, is_new = Clock.objects.get_or_create(customer_id=touch.customer_id, defaults=values)
    if not is_new and clock.last_touch_at <= touch.happened_at:
        Clock.objects.filter(pk=clock.pk).update(**values)


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
    audit.record("took back", touch, by=by, at=at, customer=touch.customer_id)
    announce(TouchTakenBack(touch.pk, touch.customer_id), at=at)
    return touch


def _rewind(customer_id: int) -> None:
    real = Touch.objects.standing().filter(~Q(outcome=Outcome.NO_ANSWER), customer_id=customer_id)
    last = real.order_by("-happened_at", "-id").first()
    if last is None:
        Clock.objects.filter(customer_id=customer_id).delete()
        return
    values = {"last_touch_at": last.happened_at, "last_channel": last.channel}
    Clock.objects.update_or_create(customer_id=customer_id, defaults=values)
