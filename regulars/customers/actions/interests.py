"""What customers care about and need: noted in their words, found still true, ended."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.customers.choices import InterestKind
from regulars.customers.errors import InterestRefused
from regulars.customers.events import CustomerChanged
from regulars.customers.models import Customer, Interest
from regulars.customers.naming import folded_name

LONGEST_TOPIC = 120


@dataclass(frozen=True, slots=True)
class Heard:
    """What somebody said they care about or need: the topic in ours, the words in theirs."""

    kind: InterestKind
    topic: str
    words: str = ""
    source: str = "desk"


@transaction.atomic
def note_interest(
    customer: Customer, heard: Heard, *, by: Actor, at: datetime, noted_on: date
) -> Interest:
    """Note what a customer cares about or needs, in their own words.

    What is noted already is found still true, and takes the newer words.
    """
    topic = " ".join(heard.topic.split())
    if not topic or len(topic) > LONGEST_TOPIC:
        raise InterestRefused(
            _("A topic is one to %(most)s signs long.") % {"most": LONGEST_TOPIC},
            _("Name it in a word or two; their own words have a place below."),
        )
    Customer.objects.select_for_update().get(pk=customer.pk)
    folded = folded_name(topic)[:LONGEST_TOPIC]
    known = Interest.objects.filter(
        customer=customer, kind=heard.kind, folded=folded, is_still_true=True
    ).first()
    if known is not None:
        return _heard_again(known, heard, by=by, at=at, day=noted_on)
    interest = Interest.objects.create(
        customer=customer,
        kind=heard.kind,
        topic=topic,
        folded=folded,
        words=heard.words.strip(),
        source=heard.source,
        noted_on=noted_on,
        created_at=at,
    )
    return _told(interest, "noted", by=by, at=at)


@transaction.atomic
def confirm_interest(interest: Interest, *, by: Actor, at: datetime, day: date) -> Interest:
    """Note that a customer still cares about this, or still needs it."""
    _refuse_twice(interest)
    interest.is_still_true, interest.ended_on, interest.confirmed_on = True, None, day
    interest.save(update_fields=["is_still_true", "ended_on", "confirmed_on"])
    return _told(interest, "confirmed", by=by, at=at)


@transaction.atomic
def end_interest(interest: Interest, *, by: Actor, at: datetime, day: date) -> Interest:
    """Note that a customer no longer cares about this, or has what they needed."""
    interest.is_still_true, interest.ended_on = False, day
    interest.save(update_fields=["is_still_true", "ended_on"])
    return _told(interest, "ended", by=by, at=at)


@transaction.atomic
def forget_interest(interest: Interest, *, by: Actor, at: datetime) -> None:
    """Take off what was noted by mistake."""
    _told(interest, "forgot", by=by, at=at)
    Interest.objects.filter(pk=interest.pk).delete()


def _heard_again(known: Interest, heard: Heard, *, by: Actor, at: datetime, day: date) -> Interest:
    known.confirmed_on = day
    known.words = heard.words.strip() or known.words
    known.save(update_fields=["confirmed_on", "words"])
    return _told(known, "confirmed", by=by, at=at)


def _refuse_twice(interest: Interest) -> None:
    Customer.objects.select_for_update().get(pk=interest.customer_id)
    same = Interest.objects.filter(
        customer=interest.customer_id,
        kind=interest.kind,
        folded=interest.folded,
        is_still_true=True,
    )
    if same.exclude(pk=interest.pk).exists():
        raise InterestRefused(_("“%(topic)s” is noted already.") % {"topic": interest.topic})


def _told(interest: Interest, verb: str, *, by: Actor, at: datetime) -> Interest:
    Customer.objects.filter(pk=interest.customer_id).update(updated_at=at)
    audit.record(verb, interest, by=by, at=at, customer=interest.customer_id)
    announce(CustomerChanged(interest.customer_id), at=at)
    return interest
