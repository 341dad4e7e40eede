"""What providers tell us, kept raw when it comes and handled later (RELIABILITY W1)."""

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext as _

from regulars.consent.actions import suppress
from regulars.consent.choices import Stopped
from regulars.core.actor import SYSTEM
from regulars.core.events import announce
from regulars.core.jobs import enqueue
from regulars.core.models import Job
from regulars.customers.naming import seal_of
from regulars.messaging import outbox
from regulars.messaging.channels.hearing import Heard, Signed, event_sources
from regulars.messaging.choices import State
from regulars.messaging.counting import give_back
from regulars.messaging.events import AddressBounced, MessagesAccepted, MessagesBounced
from regulars.messaging.models import Message, ProviderEvent

log = logging.getLogger("regulars.hooks")

HEAR_JOB = "messaging.hear"
BATCH = 500
# What is left after that is another job's, so that other work has its turn.
MOST_SECONDS = 20
# An event may overtake our own note of what the provider calls the message.
WAITS_FOR_MESSAGE = timedelta(days=1)
LOOKS_AGAIN = timedelta(minutes=1)
# RELIABILITY C4: five soft bounces in thirty days close an address for thirty days.
SOFT_BOUNCES = 5
SOFT_BOUNCE_DAYS = timedelta(days=30)
STATES = {
    "delivered": State.DELIVERED,
    "bounced": State.BOUNCED,
    "complained": State.COMPLAINED,
    "failed": State.BOUNCED,
}
UNREADABLE = "unreadable"
SOFT_BOUNCE = "soft_bounce"


@transaction.atomic
def keep_event(provider: str, signed: Signed, body: bytes, *, at: datetime) -> bool:
    """Keep what a provider told us, as it told it; the same event a second time is nothing new."""
    _event, is_new = ProviderEvent.objects.get_or_create(
        provider=provider,
        event_id=signed.event_id,
        defaults={
            "happened_at": signed.signed_at,
            "received_at": at,
            "raw": body.decode("utf-8", "replace").replace("\x00", "�"),
        },
    )
    if is_new:
        # One piece of work a second, begun when the second is over, however many events it had.
        _wake(at.replace(microsecond=0) + timedelta(seconds=1))
    return is_new


@transaction.atomic
def _wake(due: datetime) -> None:
    """Leave a job that has not begun when this transaction ends."""
    for seconds in range(5):
        when = due + timedelta(seconds=seconds)
        job = enqueue(HEAR_JOB, at=when, unique_key=f"{HEAR_JOB}:{when.isoformat()}")
        # Locked, nobody claims it before what it is about can be seen.
        waiting = Job.objects.select_for_update().filter(pk=job.pk, state=Job.State.WAITING)
        if waiting.first() is not None:
            return
    enqueue(HEAR_JOB, at=due)


def handle_provider_events(at: datetime) -> int:
    """Take up what providers have told us: states move forward, closed addresses are closed.

    Returns how many events were handled. An event that cannot be read, or that is about a message
    we do not know, is kept and has no effect; where the message may still be written down, it
    waits for that, for a day.
    """
    handled, last, until = 0, 0, time.monotonic() + MOST_SECONDS
    while batch := _unhandled(at, after=last):
        for pk in batch:
            handled += _handle(pk, at)
            if time.monotonic() >= until:
                _wake(at.replace(microsecond=0) + timedelta(seconds=1))
                return handled
        last = batch[-1]
    _look_again(at)
    return handled


def _unhandled(at: datetime, *, after: int) -> list[int]:
    due = Q(look_at=None) | Q(look_at__lte=at)
    events = ProviderEvent.objects.filter(due, handled_at=None, pk__gt=after).order_by("pk")
    return list(events.values_list("pk", flat=True)[:BATCH])


def _look_again(at: datetime) -> None:
    waiting = ProviderEvent.objects.filter(handled_at=None, look_at__gt=at)
    due = waiting.aggregate(due=Min("look_at"))["due"]
    if due is not None:
        # Up to the next whole minute, so that events share their jobs.
        _wake(due + timedelta(seconds=-due.timestamp() % 60))


@transaction.atomic
def _handle(event_id: int, at: datetime) -> int:
    event = ProviderEvent.objects.select_for_update().filter(pk=event_id, handled_at=None).first()
    if event is None:
        return 0
    heard = _read(event)
    message = _message_of(heard, event.provider) if heard else None
    if heard and message is None and _may_be_early(heard, event, at):
        # Ever more rarely, so that what never comes costs little.
        age = max(at - event.received_at, LOOKS_AGAIN)
        event.look_at = min(at + age, event.received_at + WAITS_FOR_MESSAGE)
        event.save(update_fields=["look_at"])
        return 0
    event.kind = heard.kind if heard else UNREADABLE
    event.message, event.handled_at = message, at
    if heard:
        event.happened_at = heard.happened_at
    if heard and message and heard.kind == SOFT_BOUNCE:
        event.seal = _seal(message)
    event.save(update_fields=["kind", "message", "handled_at", "happened_at", "seal"])
    if heard and message:
        _learn(heard, message, at)
    return 1


def _may_be_early(heard: Heard, event: ProviderEvent, at: datetime) -> bool:
    """Whether it knows its message only by a name that we may not have written down yet."""
    if heard.message_id or not heard.provider_id or at >= event.received_at + WAITS_FOR_MESSAGE:
        return False
    known = Message.objects.filter(provider=event.provider, provider_id=heard.provider_id)
    return not known.exists()


def _read(event: ProviderEvent) -> Heard | None:
    if event.provider not in event_sources:
        return None
    try:
        return event_sources[event.provider].parse(event.raw.encode())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # What it holds stays in the row; a log is no place for addresses.
        log.warning("event %s of %s cannot be read: %s", event.pk, event.provider, type(error))
        return None


def _message_of(heard: Heard, provider: str) -> Message | None:
    """The message it is about, if it is ours and went by this provider."""
    sent = Message.objects.filter(provider=provider)
    if heard.message_id:
        found = sent.filter(pk=heard.message_id).first()
    else:
        found = sent.filter(provider_id=heard.provider_id).first() if heard.provider_id else None
    if found is None or (heard.provider_key and heard.provider_key != found.provider_key):
        return None
    is_theirs = not heard.recipient or heard.recipient.casefold() == found.address.casefold()
    return found if is_theirs else None


def _learn(heard: Heard, message: Message, at: datetime) -> None:
    state = STATES.get(heard.kind)
    if state is not None:
        detail = heard.detail[:300]
        moved = outbox.transition([message.pk], state, at=at, why=heard.kind, detail=detail)
        if moved and state == State.DELIVERED:
            # It may have been in doubt until now.
            announce(MessagesAccepted([str(message.pk)]), at=at)
        if moved and state == State.BOUNCED:
            # They have not heard it, so it counts for nothing in what they may hear.
            give_back([f"message:{message.pk}"], at)
            announce(MessagesBounced([str(message.pk)]), at=at)
    if heard.kind == "complained":
        _close(message, Stopped.COMPLAINED, heard, at)
    elif heard.kind == "bounced":
        _close(message, Stopped.BOUNCED, heard, at)
        announce(AddressBounced(_seal(message)), at=at)
    elif heard.kind == SOFT_BOUNCE:
        soft = _soft_bounces(_seal(message), heard.happened_at - SOFT_BOUNCE_DAYS)
        if soft.count() >= SOFT_BOUNCES:
            _close(message, Stopped.FULL, heard, at, until=at + SOFT_BOUNCE_DAYS)


def _soft_bounces(seal: str, since: datetime) -> QuerySet[ProviderEvent]:
    # A seal is of one address by one channel; only soft bounces carry it.
    return ProviderEvent.objects.filter(seal=seal, happened_at__gt=since).exclude(seal="")


def _close(
    message: Message, why: Stopped, heard: Heard, at: datetime, until: datetime | None = None
) -> None:
    """Only the address that the message went to; others of the same customer stay open."""
    detail = heard.detail or _("Told by the mail provider.")
    suppress(
        message.channel, _seal(message), why, by=SYSTEM, at=at, until=until, detail=detail[:200]
    )


def _seal(message: Message) -> str:
    return message.seal or seal_of(message.channel, message.address.casefold())
