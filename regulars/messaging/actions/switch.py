"""The switch for everything that leaves."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.events import announce
from regulars.messaging import outbox
from regulars.messaging.choices import WAITING, MailingState, State
from regulars.messaging.events import SendingResumed, SendingStopped
from regulars.messaging.models import Mailing, Message, Switch
from regulars.messaging.rules import may_resume, may_stop

# A note of being awake is a write, so it is made at most this often.
BATCH = 500
# Keys held in memory at a time.
HANDFUL = 50_000
NOTED_EVERY = timedelta(seconds=20)


@transaction.atomic
def stop_sending(*, why: str, by: Actor, at: datetime) -> Switch:
    """Stop everything that leaves, within a second; it stays stopped until somebody resumes."""
    if not may_stop(by):
        raise NotAllowed(
            _("You may look, but not stop messages."), _("Ask anybody who works here.")
        )
    switch = _locked()
    if switch.stopped_at is None:
        switch.stopped_at, switch.stopped_by, switch.why = at, by.name, why.strip()[:300]
        switch.save(update_fields=["stopped_at", "stopped_by", "why"])
        audit.record("stopped sending", switch, by=by, at=at)
        announce(SendingStopped(switch.why), at=at)
    return switch


@transaction.atomic
def resume_sending(*, by: Actor, at: datetime) -> Switch:
    """Let messages leave again, from where they stood."""
    if not may_resume(by):
        raise NotAllowed(
            _("Only an owner or a manager lets messages leave again."), _("Ask one of them.")
        )
    switch = _locked()
    if switch.stopped_at is not None:
        stopped_for = at - switch.stopped_at
        switch.stopped_at, switch.stopped_by, switch.why = None, "", ""
        switch.save(update_fields=["stopped_at", "stopped_by", "why"])
        audit.record(
            "resumed sending", switch, by=by, at=at, minutes=int(stopped_for.total_seconds() // 60)
        )
        announce(SendingResumed(), at=at)
    return switch


@transaction.atomic
def note_awake(*, at: datetime) -> timedelta | None:
    """Write down that a sender is awake; returns how long none was, or None before the first."""
    last = Switch.objects.filter(pk=1).values_list("last_awake_at", flat=True).first()
    if last is not None and timedelta() <= at - last < NOTED_EVERY:
        return timedelta()
    switch = _locked()
    last, switch.last_awake_at = switch.last_awake_at, at
    switch.save(update_fields=["last_awake_at"])
    return None if last is None else at - last


def _set_aside(messages: "QuerySet[Message]", to: State, at: datetime) -> None:
    """Each stretch is a transaction of its own: others wait for none of them longer than that."""
    while ids := list(messages.values_list("pk", flat=True)[:HANDFUL]):
        moved = 0
        for start in range(0, len(ids), BATCH):
            with transaction.atomic():
                some = ids[start : start + BATCH]
                moved += len(outbox.transition(some, to, at=at, why="copied"))
        if not moved:
            return


def _locked() -> Switch:
    Switch.objects.get_or_create(pk=1)
    return Switch.objects.select_for_update().get(pk=1)


def take_over(as_new: bool, at: datetime) -> None:
    """What a released instance does with what waited in it (RELIABILITY M8).

    As a new instance none of it leaves: the one it was copied from sends it itself. As the
    successor everything waits for a person, who knows what left after the backup was made. The
    instance is held all the while, so that what is broken off here can be done again.
    """
    why = _("This instance was copied or restored. Look what has left since, then go on.")
    running = Mailing.objects.filter(state=MailingState.RUNNING)
    running.update(state=MailingState.PAUSED, why_paused=why)
    waiting = Message.objects.filter(state__in=(*WAITING, State.CLAIMED))
    if as_new:
        _set_aside(waiting.filter(content_sha256=""), State.CANCELLED, at)
        _set_aside(waiting, State.UNKNOWN, at)
    else:
        # What people wrote one by one may have left after the backup: they look at each.
        _set_aside(waiting.filter(mailing=None), State.UNKNOWN, at)
