"""Messages, mailings and the state of sending, for reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.instance import Waiting
from regulars.customers.models import Customer
from regulars.messaging import gate
from regulars.messaging.choices import (
    OPEN,
    REACHED,
    WAITING,
    MailingState,
    Result,
    ServerKind,
    State,
)  # fmt: skip
from regulars.messaging.models import (
    Attempt,
    Hold,
    Mailing,
    MailServer,
    Message,
    Switch,
)
from regulars.messaging.rules import (
    may_hold,
    may_resume,
    may_set_rules,
    may_stop,
    may_write,
    may_write_to,
)
from regulars.messaging.words import sentence_of

# The pace is taken over at least this long, so that one slow window does not frighten anybody.
PACE_OVER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class SendingState:
    """Whether messages leave, and what waits for a person."""

    stopped_at: datetime | None
    stopped_by: str
    why: str
    server_paused_why: str
    is_file: bool
    waiting_count: int
    needs_a_look_count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a mailing is, by the states of its messages."""

    counts: Mapping[str, int]
    total: int
    done: int
    open: int
    per_minute: int | None
    seconds_left: int | None
    is_expanding: bool

    @property
    def is_finished(self) -> bool:
        return not self.is_expanding and not self.open


def the_server() -> MailServer:
    """How mail leaves; into files until somebody has said otherwise."""
    return MailServer.objects.filter(pk=1).first() or MailServer(kind=ServerKind.FILE)


def the_switch() -> Switch | None:
    """Who stopped everything, for the frame of every page; None while messages may leave."""
    return Switch.objects.filter(pk=1).exclude(stopped_at=None).first()


def is_stopper(actor: Actor) -> bool:
    return may_stop(actor)


def is_resumer(actor: Actor) -> bool:
    return may_resume(actor)


def is_writer(actor: Actor) -> bool:
    """Whether this person writes to many at once."""
    return may_write(actor)


def is_writer_to(actor: Actor, customer: Customer) -> bool:
    return may_write_to(actor, customer)


def sending_state() -> SendingState:
    switch = the_switch() or Switch()
    server = the_server()
    return SendingState(
        stopped_at=switch.stopped_at,
        stopped_by=switch.stopped_by,
        why=switch.why,
        server_paused_why=server.paused_why,
        is_file=server.kind == ServerKind.FILE,
        waiting_count=Message.objects.filter(state__in=WAITING).count(),
        needs_a_look_count=needs_a_look().count(),
    )


def waiting_to_leave(at: datetime) -> Waiting:
    """What would leave if a held instance were released: how many, and since when."""
    waiting = Message.objects.filter(state__in=WAITING)
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    return Waiting(_("messages"), waiting.count(), oldest)


def needs_a_look() -> "QuerySet[Message]":
    """Those of which nobody knows whether they left."""
    return Message.objects.filter(state=State.UNKNOWN)


def messages_of(customer: Customer) -> "QuerySet[Message]":
    """All messages meant for a customer, newest first."""
    found = Message.objects.filter(customer=customer).order_by("-state_at", "-pk")
    return found.select_related("version", "mailing", "created_by")


def progress_of(mailing: Mailing, *, at: datetime | None = None) -> Progress:
    """How far a mailing is; its pace is what it did since it was last asked about."""
    rows = Message.objects.filter(mailing=mailing).order_by().values_list("state")
    counts = dict(rows.annotate(count=Count("pk")))
    waiting = sum(counts.get(state, 0) for state in OPEN)
    meant = mailing.approved_count or 0
    written = sum(counts.values())
    is_begun = mailing.approved_at is not None and mailing.state != MailingState.CANCELLED
    is_expanding = is_begun and mailing.expanded_at is None
    total = max(meant, written) if is_expanding else written
    done = written - waiting
    per_minute = _pace(mailing, done, at or clock.now())
    left = round((total - done) * 60 / per_minute) if per_minute else None
    return Progress(counts, total, done, waiting, per_minute, left, is_expanding)


def _pace(mailing: Mailing, done: int, at: datetime) -> int | None:
    key = f"messaging.pace.{mailing.pk}"
    first, last = cache.get(key) or ((at, done), (at, done))
    if at - last[0] >= PACE_OVER:
        first, last = last, (at, done)
    cache.set(key, (first, last), 120)
    seconds = (at - first[0]).total_seconds()
    if seconds <= 0 or done <= first[1]:
        return None
    return round((done - first[1]) * 60 / seconds)


def verdict_preview(customer: Customer, purpose: str, channel: str, at: datetime) -> str:
    """What the gate would say to a message now, in a sentence; empty where it would leave."""
    ids = Customer.objects.filter(pk=customer.pk).values("pk")
    for _pk, verdict in gate.verdicts_for_customers(channel, purpose, at, ids):
        return "" if verdict.is_yes else sentence_of(verdict.code, until=verdict.until)
    return ""


def story_of(message: Message) -> list[str]:
    """Why somebody did or did not get a message, from its beginning, in sentences."""
    told = [_("Written %(when)s for %(address)s.") % {
        "when": _when(message.created_at), "address": message.address or _("nobody"),
    }]  # fmt: skip
    attempts = sorted(message.attempts.all(), key=lambda one: one.epoch)
    tries = [_attempt(attempt) for attempt in attempts]
    return [*told, *tries, _end(message)]


def _attempt(attempt: Attempt) -> str:
    places = {"when": _when(attempt.begun_at), "code": attempt.code}
    return {
        Result.ACCEPTED.value: _("%(when)s: handed over; the other side took it."),
        Result.NOT_SENT.value: _("%(when)s: tried; it certainly did not leave (%(code)s)."),
        Result.REFUSED.value: _("%(when)s: the other side refused it (%(code)s)."),
        Result.IN_DOUBT.value: _("%(when)s: the answer was lost; nobody knows (%(code)s)."),
    }.get(attempt.result, _("%(when)s: about to leave; no answer has come back.")) % places


def _end(message: Message) -> str:
    places = {
        "when": _when(message.state_at),
        "until": _when(message.not_before),
        "why": sentence_of(message.why) if message.why else "",
        "detail": message.why_detail,
    }
    if message.state in REACHED:
        return _ends()[State(message.state)] % places
    return (_ends()[State(message.state)] % places).strip()


def _ends() -> Mapping[State, str]:
    return {
        State.READY: _("It waits for its turn."),
        State.HELD: _("It is held until %(until)s. %(why)s"),
        State.CLAIMED: _("It is about to leave."),
        State.SENDING: _("It is leaving now."),
        State.ACCEPTED: _("They have it, as far as anybody can know: handed over %(when)s."),
        State.DELIVERED: _("It arrived: their side said so, %(when)s."),
        State.BOUNCED: _("It came back %(when)s. %(detail)s"),
        State.COMPLAINED: _("They complained about it %(when)s; we do not write there again."),
        State.SUPPRESSED: _("It was not sent. %(why)s"),
        State.EXPIRED: _("It was not sent: its time had passed."),
        State.CANCELLED: _("It was taken back before it left."),
        State.FAILED: _("It was not sent: it failed. %(detail)s"),
        State.UNKNOWN: _("Nobody knows whether it left. Ask them, or look at the mail server."),
        State.UNKNOWN_CLOSED: _("Nobody knows whether it left; it is not sent again."),
    }


def _when(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j M Y, H:i")


def holds_of(customer: Customer, at: datetime) -> list[Hold]:
    """The holds that stand for one customer, newest first; those for everybody among them."""
    standing = Hold.objects.standing_at(at).select_related("placed_by")
    theirs = standing.filter(customer=customer) | standing.filter(customer=None)
    return list(theirs.order_by("-since", "-id"))


def is_holder(actor: Actor, customer: Customer) -> bool:
    """May they hold messages to this customer, and let them go?"""
    return may_hold(actor, customer)


def hold_of(customer: Customer, hold_id: int) -> Hold | None:
    return Hold.objects.filter(customer=customer, pk=hold_id).first()


def is_ruler(actor: Actor) -> bool:
    return may_set_rules(actor)
