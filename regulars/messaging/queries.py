"""Messages, mailings and the state of sending, for reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from regulars.consent.choices import Channel
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.instance import WHY_HELD, Waiting, why_held_now
from regulars.core.prepared import Prepared
from regulars.core.templatetags.look import number
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for
from regulars.messaging import gate
from regulars.messaging.choices import OPEN, WAITING, MailingState, Result, ServerKind, State
from regulars.messaging.lists import messages_for, waiting_alone
from regulars.messaging.models import Attempt, Hold, Mailing, MailServer, Message, Switch
from regulars.messaging.rules import (
    may_hold,
    may_hold_everybody,
    may_resume,
    may_set_rules,
    may_stop,
    may_write,
    may_write_to,
)
from regulars.messaging.words import HIDDEN, failure_of, sentence_of, tried_words

# The pace is taken over at least this long, so that one slow window does not frighten anybody.
PACE_OVER = timedelta(seconds=5)
# A server is away when so many attempts in a row, the last of them not long ago, never reached it.
# Nobody knows when these end: the gate is asked again every hour.
UNFORESEEN = frozenset({"held", "balance", "no_public_url"})
AWAY = frozenset({"dns", "connect", "tls"})
NEWEST, AWAY_FOR = 3, timedelta(minutes=15)


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
    failed_count: int
    is_away: bool
    alone_count: int
    # What holds messages to everybody, and is lifted again.
    holds: Sequence[Hold]

    @property
    def server_paused_says(self) -> str:
        return failure_of(*split_code(self.server_paused_why)) if self.server_paused_why else ""


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


def is_carried(channel: str) -> bool:
    """Whether messages leave by this channel: texts do once a provider of them is set up."""
    return channel == Channel.EMAIL or (channel == Channel.TEXT and bool(the_server().text_gateway))


_STOPPED = Prepared(lambda: Switch.objects.filter(pk=1).exclude(stopped_at=None))


def the_switch() -> Switch | None:
    """Who stopped everything, for the frame of every page; None while messages may leave."""
    return _STOPPED.first()


def is_stopper(actor: Actor) -> bool:
    return may_stop(actor)


def is_resumer(actor: Actor) -> bool:
    return may_resume(actor)


def is_writer(actor: Actor) -> bool:
    """Whether this person writes to many at once."""
    return may_write(actor)


def is_writer_to(actor: Actor, customer: Customer) -> bool:
    return may_write_to(actor, customer)


def sending_state(actor: Actor) -> SendingState:
    """What needs a look is counted as far as this person may see it."""
    theirs, now = messages_for(actor), clock.now()
    switch = the_switch() or Switch()
    server = the_server()
    return SendingState(
        stopped_at=switch.stopped_at,
        stopped_by=switch.stopped_by,
        why=switch.why,
        server_paused_why=server.paused_why,
        is_file=server.kind == ServerKind.FILE,
        waiting_count=Message.objects.filter(state__in=WAITING).count(),
        needs_a_look_count=theirs.filter(state=State.UNKNOWN).count(),
        failed_count=theirs.filter(state=State.FAILED).count(),
        is_away=is_server_away(now),
        alone_count=waiting_alone(actor).count(),
        holds=holds_of_everybody(now),
    )


def waiting_to_leave(at: datetime) -> Waiting:
    """What would leave if a held instance were released: how many, and since when."""
    waiting = Message.objects.filter(state__in=WAITING)
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    return Waiting(_("messages"), waiting.count(), oldest)


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


@dataclass(frozen=True, slots=True)
class Tries:
    """Attempts in a row that ended alike."""

    count: int
    first: datetime
    last: datetime
    result: str
    label: str
    says: str


def story_of(message: Message, *, halted: str = "") -> list[str]:
    """Why somebody did or did not get a message, from its beginning, in sentences.

    `halted` is `why_nothing_leaves()`, asked once for a whole list.
    """
    told = [_("Written %(when)s for %(address)s.") % {
        "when": _when(message.created_at), "address": message.address or _("nobody"),
    }]  # fmt: skip
    return [*told, *(_tried(tries) for tries in tries_of(message)), end_of(message, halted=halted)]


def tries_of(message: Message) -> list[Tries]:
    """Its attempts, those in a row that ended alike as one; none where they would tell why."""
    if message.why == HIDDEN:
        return []
    attempts = sorted(message.attempts.all(), key=lambda one: one.epoch)
    rows = [list(same) for _key, same in groupby(attempts, key=lambda one: (one.result, one.code))]
    return [
        Tries(len(same), same[0].begun_at, same[-1].begun_at, same[0].result,
              same[0].get_result_display() if same[0].result else _("under way"),
              "" if same[0].result == Result.ACCEPTED else tried_words(same[0].code))
        for same in rows
    ]  # fmt: skip


def _tried(tries: Tries) -> str:
    if tries.count > 1:
        said = _("Tried %(count)s times from %(first)s to %(last)s. %(why)s") % {
            "count": number(tries.count), "first": _when(tries.first), "last": _when(tries.last),
            "why": tries.says,
        }  # fmt: skip
        return said.strip()
    said = {
        Result.ACCEPTED.value: _("%(when)s: handed over; the other side took it."),
        Result.NOT_SENT.value: _("%(when)s: tried; it certainly did not leave. %(why)s"),
        Result.REFUSED.value: _("%(when)s: the other side refused it. %(why)s"),
        Result.IN_DOUBT.value: _("%(when)s: the answer was lost; nobody knows. %(why)s"),
    }.get(tries.result, _("%(when)s: about to leave; no answer has come back."))
    return (said % {"when": _when(tries.first), "why": tries.says}).strip()


def end_of(message: Message, *, halted: str = "") -> str:
    """How it ended, or what it waits for."""
    if message.state == State.READY:
        return _what_it_waits_for(message, halted)
    if message.state == State.HELD:
        said = _ASKED_AGAIN if message.why in UNFORESEEN else _HELD_UNTIL
        return str(said) % {"until": _when(message.not_before), "why": sentence_of(message.why)}
    fails = message.state in (State.FAILED, State.UNKNOWN, State.UNKNOWN_CLOSED)
    why = failure_of(message.why, message.why_detail) if fails else sentence_of(message.why)
    places = {
        "when": _when(message.state_at),
        "until": _when(message.not_before),
        "why": why if message.why or fails else "",
        "detail": message.why_detail,
    }
    return " ".join((_ends()[State(message.state)] % places).split())


_HELD_UNTIL = _lazy("It is held until %(until)s. %(why)s")
_ASKED_AGAIN = _lazy("%(why)s It is asked about again at %(until)s.")


def _what_it_waits_for(message: Message, halted: str) -> str:
    """The farthest door first: the house, then its mailing, then its own time."""
    if halted:
        return halted
    mailing = message.mailing
    if mailing is not None and mailing.state != MailingState.RUNNING:
        if mailing.state == MailingState.CANCELLED:
            return _("Its mailing was stopped for good: it is being taken back.")
        said = _("It waits: its mailing is paused. %(why)s") % {"why": mailing.why_paused}
        return said.strip()
    tried = any(one.result == Result.NOT_SENT for one in message.attempts.all())
    if message.not_before > clock.now():
        places = {"until": _when(message.not_before)}
        again = _("It is tried again at %(until)s."), _("It leaves at %(until)s.")
        return again[0 if tried else 1] % places
    return _("It is tried again in its turn.") if tried else _("It waits for its turn.")


def why_nothing_leaves() -> str:
    """What keeps every message back at this moment, and who can change that; else nothing."""
    if held := why_held_now():
        return _("It waits: nothing leaves this instance until an owner releases it. %(why)s") % {
            "why": WHY_HELD[held],
        }  # fmt: skip
    if switch := the_switch():
        said = _("It waits: %(who)s stopped all sending %(when)s. %(why)s") % {
            "who": switch.stopped_by or _("somebody"), "why": switch.why,
            "when": _when(switch.stopped_at) if switch.stopped_at else "",
        }  # fmt: skip
        return said.strip()
    if paused := the_server().paused_why:
        return _("It waits: the mail server does not take our messages. %(why)s") % {
            "why": failure_of(*split_code(paused)),
        }  # fmt: skip
    return ""


def why_held_for_everybody(mailing: Mailing) -> str:
    """What keeps a mailing back from everybody, and until when; else nothing."""
    now = clock.now()
    standing = holds_of_everybody(now)
    stops = gate.Gate.now(now).holds_on(mailing.channel, mailing.purpose) if standing else []
    holds = [hold for hold in standing if hold.stops in stops]
    if not holds:
        return ""
    said = {
        True: _("It waits: messages to everybody are held until %(until)s. %(why)s"),
        False: _("It waits: messages to everybody are held until somebody lets them go. %(why)s"),
    }
    last = max((hold.until for hold in holds if hold.until), default=None)
    knows = last is not None and all(hold.until for hold in holds)
    places = {"until": _when(last) if last else "", "why": holds[0].why}
    return (said[knows] % places).strip()


def split_code(said: str) -> tuple[str, str]:
    """An answer as it is kept with an attempt: its code, and the words after it."""
    code, _gap, detail = said.partition(" ")
    return code, detail


def is_server_away(at: datetime) -> bool:
    """Did the newest attempts not even reach the mail server?"""
    ended = Attempt.objects.exclude(result="").order_by("-pk")
    newest = list(ended.values_list("code", "begun_at")[:NEWEST])
    recent = bool(newest) and newest[0][1] > at - AWAY_FOR
    return recent and all(split_code(code)[0] in AWAY for code, _begun in newest)


def _ends() -> Mapping[State, str]:
    return {
        State.CLAIMED: _("It is about to leave."),
        State.SENDING: _("It is leaving now."),
        State.ACCEPTED: _("They have it, as far as anybody can know: handed over %(when)s."),
        State.DELIVERED: _("It arrived: their side said so, %(when)s."),
        State.BOUNCED: _("It came back %(when)s. %(detail)s"),
        State.COMPLAINED: _("They complained about it %(when)s; we do not write there again."),
        State.SUPPRESSED: _("It was not sent. %(why)s"),
        State.EXPIRED: _("It was not sent: its time had passed."),
        State.CANCELLED: _("It was taken back before it left."),
        State.FAILED: _("It was not sent. %(why)s"),
        State.UNKNOWN: _(
            "Nobody knows whether it left. %(why)s Ask them, or look at the mail server."
        ),
        State.UNKNOWN_CLOSED: _("Nobody knows whether it left; it is not sent again. %(why)s"),
    }


def _when(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j M Y, H:i")


def holds_of(customer: Customer, at: datetime) -> list[Hold]:
    """The holds that stand for one customer, newest first; those for everybody among them."""
    standing = Hold.objects.standing_at(at).select_related("placed_by")
    theirs = standing.filter(customer=customer) | standing.of_everybody()
    return list(theirs.order_by("-since", "-id"))


def holds_of_everybody(at: datetime) -> list[Hold]:
    """The holds that stand for everybody, newest first."""
    standing = Hold.objects.standing_at(at).of_everybody().select_related("placed_by")
    return list(standing.order_by("-since", "-id"))


def is_holder_of_everybody(actor: Actor) -> bool:
    return may_hold_everybody(actor)


def is_holder(actor: Actor, customer: Customer) -> bool:
    """May they hold messages to this customer, and let them go?"""
    return may_hold(actor, customer)


def hold_of(customer: Customer, hold_id: int) -> Hold | None:
    return Hold.objects.filter(customer=customer, pk=hold_id).first()


def hold_for(actor: Actor, hold_id: int) -> Hold | None:
    """One hold: of everybody, or of a customer whom this person may see."""
    seen = Q(customer=None, beyond=None) | Q(customer__in=customers_for(actor))
    return Hold.objects.filter(seen, pk=hold_id).select_related("customer").first()


def is_ruler(actor: Actor) -> bool:
    return may_set_rules(actor)
