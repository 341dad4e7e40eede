"""What waits to leave: taken back, or asked about again, a stretch at a time."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from regulars.core import jobs
from regulars.messaging import outbox
from regulars.messaging.choices import WAITING, MailingState, State
from regulars.messaging.models import Mailing, Message

TAKE_BACK_JOB = "messaging.take_back"
WAKE_JOB = "messaging.wake"
# RELIABILITY, amendments: a transaction of bulk work lasts at most 100 ms.
STRETCH = 500
# Keys held in memory at a time.
HANDFUL = 50_000
# A window that the gate judged just before is written down within this.
WINDOWS_END = timedelta(seconds=5)


def leave_taking_back(*, at: datetime) -> None:
    """See that nothing of a mailing that was stopped for good keeps waiting."""
    jobs.enqueue(TAKE_BACK_JOB, at=at, unique_key=f"{TAKE_BACK_JOB}:{at.isoformat()}")


def take_back(*, at: datetime, heard: Callable[[int], None] | None = None) -> int:
    """Take back whatever waits in mailings that were stopped for good; returns how many."""
    count = 0
    for mailing_id in stopped_with(WAITING).values_list("pk", flat=True):
        waiting = Message.objects.filter(mailing=mailing_id, state__in=WAITING)
        # What may have left before cannot be taken back: a person is asked about it.
        for to, those in (
            (State.CANCELLED, waiting.filter(content_sha256="")),
            (State.UNKNOWN, waiting.exclude(content_sha256="")),
        ):
            while taken := take_back_stretch(those, at=at, why="mailing", to=to):
                count += taken
                if heard is not None:
                    heard(count)
    if stopped_with((State.CLAIMED, State.SENDING)).exists():
        # A sender has some in its hands, which may come back as waiting.
        leave_taking_back(at=at + timedelta(seconds=1.5 * outbox.LEASE_SECONDS))
    return count


def stopped_with(states: Collection[State]) -> "QuerySet[Mailing]":
    """Mailings that were stopped for good, with messages in one of these states."""
    theirs = Message.objects.filter(mailing=OuterRef("pk"), state__in=states)
    return Mailing.objects.filter(Exists(theirs), state=MailingState.CANCELLED).order_by("pk")


def take_back_stretch(
    messages: "QuerySet[Message]", *, at: datetime, why: str, to: State = State.CANCELLED
) -> int:
    """Take back the next stretch of messages, in a transaction of its own; returns how many."""
    with transaction.atomic():
        ids = list(messages.values_list("pk", flat=True)[:STRETCH])
        return len(outbox.transition(ids, to, at=at, why=why))


def wake_customer(customer_id: int, *, at: datetime) -> int:
    """Ask the gate again about what is held for one customer; returns how many messages."""
    held = Message.objects.filter(customer=customer_id, state=State.HELD, not_before__gt=at)
    return _asked_again(list(held.values_list("pk", flat=True)), at)


def leave_waking(why: Collection[str], *, at: datetime) -> None:
    """See that the gate is asked again about all that is held for one of these reasons."""
    jobs.enqueue(
        WAKE_JOB, at=at + WINDOWS_END, unique_key=f"{WAKE_JOB}:{','.join(why)}:{at.isoformat()}",
        why=list(why),
    )  # fmt: skip


def wake(why: Collection[str], *, at: datetime, heard: Callable[[int], None] | None = None) -> int:
    """Ask the gate again about everything held for one of these reasons; returns how many."""
    # What the gate holds anew meanwhile was asked about, and is left alone.
    held = Message.objects.filter(
        state=State.HELD, why__in=why, not_before__gt=at, state_at__lte=at
    )
    count = 0
    while ids := list(held.values_list("pk", flat=True)[:HANDFUL]):
        for start in range(0, len(ids), STRETCH):
            count += _asked_again(ids[start : start + STRETCH], at)
            if heard is not None:
                heard(count)
    return count


def _asked_again(ids: Collection[UUID], at: datetime) -> int:
    due = outbox.stored(at)
    with transaction.atomic():
        moved = outbox.move(
            [(pk, "", due) for pk in ids], ("why", "not_before"), State.READY, at=at,
            by_epoch=False, came_from=(State.HELD,),
        )  # fmt: skip
    return len(moved)
