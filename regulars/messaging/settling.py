"""What nobody holds any more, and what nobody knows: settled by evidence, or shown to a person."""

import logging
import time
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from regulars.core.events import announce
from regulars.core.faults import fault
from regulars.messaging import gate, outbox
from regulars.messaging.actions.switch import note_awake
from regulars.messaging.actions.waiting import leave_taking_back
from regulars.messaging.channels.adapters import Adapter, Keyed, Searchable
from regulars.messaging.choices import WAITING, MailingState, State
from regulars.messaging.counting import give_back
from regulars.messaging.events import MessagesAccepted
from regulars.messaging.models import Attempt, Mailing, Message
from regulars.messaging.predicate import SERVICE

log = logging.getLogger("regulars.sending")

# RELIABILITY M4: a search says "not there" only after the slowest request has certainly ended.
SEARCH_AFTER = timedelta(seconds=120)
CLOSED_AFTER = timedelta(hours=72)
# RELIABILITY M7: after so long a sleep, mailings wait for a person.
ASLEEP = timedelta(hours=1)
BATCH = 200
SEARCHES_AT_MOST = 20.0


def tend(adapter: Adapter, *, at: datetime) -> int:
    """Everything that a sender looks after besides sending; returns how much was moved."""
    moved = take_up(adapter, at=at)
    if isinstance(adapter.certainty, Searchable):
        moved += search(adapter, at=at)
    moved += close_old(at=at)
    return moved + doubt_of_the_cancelled(at=at)


def doubt_of_the_cancelled(*, at: datetime) -> int:
    """What may have left before its mailing was stopped waits for nothing: it is in doubt."""
    stopped = Message.objects.filter(mailing__state=MailingState.CANCELLED, state__in=WAITING)
    ids = list(stopped.exclude(content_sha256="").values_list("pk", flat=True)[:BATCH])
    with transaction.atomic():
        return len(outbox.transition(ids, State.UNKNOWN, at=at, why="mailing"))


def take_up(adapter: Adapter, *, at: datetime) -> int:
    """Messages whose sender has gone silent: those not begun go on, the others are in doubt."""
    with transaction.atomic():
        dropped = outbox.abandoned(State.CLAIMED, BATCH)
        rows = [(pk, epoch) for pk, epoch, _provider, _purpose in dropped]
        moved = outbox.move(rows, (), State.READY, at=at, came_from=(State.CLAIMED,))
    with transaction.atomic():
        begun = outbox.abandoned(State.SENDING, BATCH)
        again = _may_be_repeated([one[:3] for one in begun], adapter, at)
        doubt = [(pk, epoch, "silent") for pk, epoch, *_rest in begun if pk not in again]
        repeat = [(pk, epoch, "silent") for pk, epoch, *_rest in begun if pk in again]
        # Its sender may have come back meanwhile and said that it did not leave: that stands.
        moved |= outbox.move(repeat, ("why",), State.READY, at=at, came_from=(State.SENDING,))
        moved |= outbox.move(doubt, ("why",), State.UNKNOWN, at=at, came_from=(State.SENDING,))
    return len(moved)


def _may_be_repeated(
    begun: list[tuple[UUID, int, str]], adapter: Adapter, at: datetime
) -> set[UUID]:
    """Those that the provider would know again: inside half its window since the first attempt."""
    if not isinstance(adapter.certainty, Keyed):
        return set()
    ids = [pk for pk, _epoch, provider in begun if provider == adapter.name]
    since = at - adapter.certainty.window / 2
    old = Attempt.objects.filter(message__in=ids, begun_at__lt=since)
    return set(ids) - set(old.values_list("message_id", flat=True))


def search(adapter: Adapter, *, at: datetime) -> int:
    """Ask the provider for each message in doubt, once its answer can be believed."""
    if not isinstance(adapter.certainty, Searchable):
        return 0
    believed = at - max(adapter.certainty.delay, SEARCH_AFTER)
    waiting = Message.objects.filter(
        state=State.UNKNOWN, provider=adapter.name, state_at__lt=believed
    )
    moved = 0
    ends = time.monotonic() + SEARCHES_AT_MOST
    for message in waiting.order_by("state_at")[:BATCH]:
        if time.monotonic() > ends:
            break
        found = adapter.find(message.provider_key)
        fault("settle.searched")
        moved += _settle(message, None if found is None else found.provider_id, at)
    return moved


def _settle(message: Message, provider_id: str | None, at: datetime) -> int:
    row = (message.pk, message.lease_epoch)
    unknown = (State.UNKNOWN,)
    with transaction.atomic():
        if provider_id is None:
            columns = ("why", "not_before", "content_sha256")
            absent = (*row, "not_found", outbox.stored(at), "")
            moved = outbox.move([absent], columns, State.READY, at=at, came_from=unknown)
            give_back([f"message:{pk}" for pk in moved], at)
            if moved and _is_stopped(message):
                leave_taking_back(at=at)
        else:
            found = (*row, provider_id[:200], "found")
            columns_found = ("provider_id", "why")
            moved = outbox.move([found], columns_found, State.ACCEPTED, at=at, came_from=unknown)
            if moved:
                announce(MessagesAccepted([str(message.pk)]), at=at)
    return len(moved)


def _is_stopped(message: Message) -> bool:
    if message.mailing_id is None:
        return False
    return Mailing.objects.filter(pk=message.mailing_id, state=MailingState.CANCELLED).exists()


def close_old(*, at: datetime) -> int:
    """What was offered and stayed in doubt for three days is never sent again, and says so.

    What belongs to a purchase stays under "Needs a look" until a person decides.
    """
    old = Message.objects.filter(state=State.UNKNOWN, state_at__lt=at - CLOSED_AFTER)
    due = Q(pk__in=[])
    for (channel, purpose), (ground, _months) in gate.Gate.now(at).grounds.items():
        if ground in SERVICE:
            due |= Q(channel=channel, purpose=purpose)
    offered = old.exclude(due | Q(customer=None)).order_by("state_at")
    closed = list(offered.values_list("pk", flat=True)[:BATCH])
    with transaction.atomic():
        return len(outbox.transition(closed, State.UNKNOWN_CLOSED, at=at, why="doubt"))


def wake(*, at: datetime) -> None:
    """After a long sleep, mailings wait for a person: what they say may no longer be true."""
    slept = note_awake(at=at)
    if slept is None or slept <= ASLEEP:
        return
    hours = max(1, round(slept / timedelta(hours=1)))
    why = _(
        "Nothing was sent for about %(hours)s hours. Look whether it is still true, then go on."
    )
    waits = Q(messages__state__in=WAITING) | Q(expanded_at=None)
    paused = Mailing.objects.filter(waits, state=MailingState.RUNNING)
    Mailing.objects.filter(pk__in=paused.values("pk")).update(
        state=MailingState.PAUSED, why_paused=why % {"hours": hours}
    )
