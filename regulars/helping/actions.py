"""Writing down what customers need from us, and coming back to them."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_touch, take_back_touch
from regulars.conversations.choices import Direction, Outcome
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.customers.actions.interests import (
    Heard,
    confirm_interest,
    end_interest,
    forget_interest,
    note_interest,
)
from regulars.customers.choices import InterestKind
from regulars.customers.models import Customer, Interest
from regulars.customers.naming import folded_name
from regulars.helping.choices import HelpState, Source
from regulars.helping.errors import (
    DueInThePast,
    HelpChangedSince,
    HelpOverAlready,
    NeedUnclear,
    OutcomeMissing,
)
from regulars.helping.events import HelpAsked, HelpEnded
from regulars.helping.models import HelpRequest
from regulars.team.models import Member
from regulars.team.queries import the_named_business

LONGEST, LONGEST_TOPIC = 2_000, 120
# Whoever asks for help hears of us by the evening of the second day, if nothing else is agreed.
WITHIN = timedelta(days=2)
# How somebody hears from us, and what is written down of it then.
OUTCOMES = {Channel.VISIT: Outcome.REACHED, Channel.CALL: Outcome.REACHED}


@transaction.atomic
def note_request(
    customer: Customer, *, topic: str, by: Actor, at: datetime, words: str = "",
    due_at: datetime | None = None, owner: Member | None = None, link: str = "",
) -> HelpRequest:  # fmt: skip
    """Write down what a customer needs from us; the need stands on their page, too.

    Whoever looks after them owns it, else whoever wrote it down. `link` names the link by which
    they answered themselves: answering by it again changes that answer, and makes no second one.
    """
    topic = " ".join(topic.split())
    if not topic or len(topic) > LONGEST_TOPIC:
        raise NeedUnclear(
            _("Say in a few words what they need help with."),
            _("At most %(most)s signs; the rest has its place below.") % {"most": LONGEST_TOPIC},
        )
    if due_at is not None and due_at <= at:
        raise DueInThePast(_("That moment is over."), _("Choose one that is still to come."))
    asked = _answer(customer, link, by=by, at=at)
    asked.topic, asked.words, asked.state = topic, words.strip()[:LONGEST], HelpState.OPEN
    asked.due_at = due_at or _second_evening(at)
    asked.owner_id = owner.pk if owner else customer.manager_id or by.member_id
    asked.save()
    _note_need(asked, by=by, at=at)
    return _told(asked, by=by, at=at)


@transaction.atomic
def note_nothing(customer: Customer, *, by: Actor, at: datetime, link: str = "") -> HelpRequest:
    """Write down that a customer needs nothing now: an answer like any other."""
    asked = _answer(customer, link, by=by, at=at)
    asked.topic, asked.words, asked.state, asked.due_at = "", "", HelpState.NOTHING, None
    asked.save()
    return _told(asked, by=by, at=at)


@transaction.atomic
def come_back(
    asked: HelpRequest, *, outcome: str, channel: Channel, by: Actor, at: datetime
) -> HelpRequest:
    """Say that the customer heard from us what came of it: only then is it over."""
    asked = _open(asked)
    outcome = outcome.strip()[:LONGEST]
    if not outcome:
        raise OutcomeMissing(_("Say what came of it, as you told them."))
    touch = log_touch(
        asked.customer, channel=channel, direction=Direction.OUT, purpose=Purpose.SERVE,
        outcome=OUTCOMES.get(channel, Outcome.SENT), happened_at=at, by=by, at=at, body=outcome,
    )  # fmt: skip
    asked.state, asked.outcome, asked.told_at = HelpState.DONE, outcome, at
    asked.told_by_id, asked.touch = by.member_id, touch
    asked.save()
    _end_need(asked, by=by, at=at)
    return _ended(asked, by=by, at=at)


@transaction.atomic
def withdraw_request(asked: HelpRequest, *, words: str, by: Actor, at: datetime) -> HelpRequest:
    """Say that it is not needed any more, and how we know."""
    asked = _open(asked)
    if not words.strip():
        raise OutcomeMissing(_("Say how you know that it is not needed any more."))
    asked.state, asked.outcome = HelpState.WITHDRAWN, words.strip()[:LONGEST]
    asked.told_at, asked.told_by_id = at, by.member_id
    asked.save()
    _end_need(asked, by=by, at=at)
    return _ended(asked, by=by, at=at)


@transaction.atomic
def entrust_request(
    asked: HelpRequest, *, owner: Member | None, due_at: datetime, by: Actor, at: datetime
) -> HelpRequest:
    """Let somebody else see to it, or by another day."""
    asked = _open(asked)
    if due_at <= at and due_at != asked.due_at:
        raise DueInThePast(_("That moment is over."), _("Choose one that is still to come."))
    asked.owner, asked.due_at = owner, due_at
    asked.save(update_fields=["owner", "due_at"])
    audit.record("handed over", asked, by=by, at=at, customer=asked.customer_id)
    return asked


@transaction.atomic
def take_back(asked: HelpRequest, *, state: str, by: Actor, at: datetime) -> None:
    """Undo what was written down last, as long as it still stands so.

    What was over waits again; what was just asked is as if it had not been written.
    """
    asked = HelpRequest.objects.select_for_update().get(pk=asked.pk)
    if asked.state != state:
        raise HelpChangedSince(_("Somebody has changed this since. Look at it again."))
    audit.record("took back", asked, by=by, at=at, customer=asked.customer_id)
    if asked.state in (HelpState.OPEN, HelpState.NOTHING):
        _forget_need(asked, by=by, at=at)
        asked.delete()
        return
    if asked.touch is not None and asked.touch.taken_back_at is None:
        take_back_touch(asked.touch, by=by, at=at)
    asked.state, asked.outcome, asked.told_at = HelpState.OPEN, "", None
    asked.told_by, asked.touch = None, None
    asked.due_at = asked.due_at or _second_evening(at)
    asked.save()
    _note_need(asked, by=by, at=at)


def _answer(customer: Customer, link: str, *, by: Actor, at: datetime) -> HelpRequest:
    """A new answer, or the one that came by the same link and is given anew."""
    # One at a time per customer: a button pressed twice is one answer.
    Customer.objects.select_for_update().get(pk=customer.pk)
    again = HelpRequest.objects.filter(link=link).first() if link else None
    if again is not None and again.state not in (HelpState.OPEN, HelpState.NOTHING):
        # We came back to them meanwhile: what they say now is asked anew.
        again.link = ""
        again.save(update_fields=["link"])
        again = None
    if again is not None:
        _forget_need(again, by=by, at=at)
    asked = again or HelpRequest(link=link)
    asked.customer, asked.said_at, asked.recorded_at = customer, at, at
    asked.source = Source.LINK if link else Source.STAFF
    asked.recorded_by_id = by.member_id
    return asked


def _open(asked: HelpRequest) -> HelpRequest:
    """The request as it is now, held until the end of the transaction."""
    rows = HelpRequest.objects.select_for_update(of=("self",)).select_related("customer")
    asked = rows.get(pk=asked.pk)
    if not asked.is_open:
        raise HelpOverAlready(
            _("Nothing waits here any more: %(state)s.") % {"state": HelpState(asked.state).label}
        )
    return asked


def _second_evening(at: datetime) -> datetime:
    business = the_named_business()
    day = business.day_of(at + WITHIN)
    return datetime.combine(day, time(23, 59), ZoneInfo(business.time_zone))


def _source(asked: HelpRequest) -> str:
    return f"help:{asked.pk}"


def _note_need(asked: HelpRequest, *, by: Actor, at: datetime) -> None:
    day = the_named_business().day_of(at)
    ended = _needs(asked, is_still_true=False).filter(source=_source(asked)).first()
    if ended is not None and not _needs(asked, is_still_true=True).exists():
        confirm_interest(ended, by=by, at=at, day=day)
        return
    heard = Heard(InterestKind.NEED, asked.topic, asked.words, source=_source(asked))
    note_interest(asked.customer, heard, by=by, at=at, noted_on=day)


def _end_need(asked: HelpRequest, *, by: Actor, at: datetime) -> None:
    """What they needed they have now; what was noted of them before stays."""
    day = the_named_business().day_of(at)
    for need in _needs(asked, is_still_true=True).filter(source=_source(asked)):
        end_interest(need, by=by, at=at, day=day)


def _forget_need(asked: HelpRequest, *, by: Actor, at: datetime) -> None:
    for need in _needs(asked, is_still_true=True).filter(source=_source(asked)):
        forget_interest(need, by=by, at=at)


def _needs(asked: HelpRequest, *, is_still_true: bool) -> "QuerySet[Interest]":
    return Interest.objects.filter(
        customer=asked.customer_id, kind=InterestKind.NEED, is_still_true=is_still_true,
        folded=folded_name(asked.topic)[:LONGEST_TOPIC],
    )  # fmt: skip


def _told(asked: HelpRequest, *, by: Actor, at: datetime) -> HelpRequest:
    audit.record("noted", asked, by=by, at=at, customer=asked.customer_id)
    announce(HelpAsked(asked.pk, asked.customer_id, asked.state, asked.source), at=at)
    return asked


def _ended(asked: HelpRequest, *, by: Actor, at: datetime) -> HelpRequest:
    audit.record(asked.state, asked, by=by, at=at, customer=asked.customer_id)
    announce(HelpEnded(asked.pk, asked.customer_id, asked.state), at=at)
    return asked
