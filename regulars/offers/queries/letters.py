"""Who hears of a wave by post: whom no mailing told, and who may get a letter that sells."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from regulars.consent.choices import Channel, Purpose
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.messaging.choices import OPEN, REACHED
from regulars.messaging.gate import verdicts_for_customers
from regulars.messaging.models import Mailing, Message
from regulars.offers.choices import WAVE_AUDIENCE
from regulars.offers.models import Chosen, Redemption, Wave

# As many as one prints at a time; once they are in the post, the next stand there.
MOST = 200


@dataclass(frozen=True, slots=True)
class Letters:
    """Those who get one now, and how many were posted."""

    customers: list[Customer]
    is_cut: bool
    posted_count: int


def letters_of(wave: Wave, at: datetime, *, most: int = MOST) -> Letters:
    """The next who get a letter; nobody before the wave is open, whose it is not to know of."""
    posted = Chosen.objects.filter(wave=wave).exclude(posted_at=None).count()
    if wave.is_public or not wave.is_open_at(at):
        return Letters([], False, posted)
    due: list[int] = []
    for pk, verdict in verdicts_for_customers(Channel.LETTER, Purpose.SELL, at, _waiting(wave)):
        if verdict.is_yes:
            due.append(pk)
        if len(due) > most:
            break
    people = Customer.objects.in_bulk(due[:most])
    shown = sorted(people.values(), key=lambda one: (one.sort_name, one.pk))
    return Letters(shown, len(due) > most, posted)


def _waiting(wave: Wave) -> QuerySet[Any, Any]:
    """Who is in the wave, has an address, was told by nothing and has not used it."""
    theirs = OuterRef("customer")
    mailings = Mailing.objects.filter(
        audience=WAVE_AUDIENCE, definition__offer=wave.offer_id, definition__wave=wave.pk
    )
    told = Message.objects.filter(
        customer=theirs, mailing__in=list(mailings.values_list("pk", flat=True)),
        state__in=[*REACHED, *OPEN],
    )  # fmt: skip
    used = Redemption.objects.standing().filter(customer=theirs, offer=wave.offer_id)
    lives = ContactPoint.objects.filter(
        customer=theirs, kind=PointKind.ADDRESS, state=PointState.USABLE
    )
    meant = Chosen.objects.filter(wave=wave, posted_at=None).order_by()
    return meant.filter(Exists(lives), ~Exists(told), ~Exists(used)).values("customer")
