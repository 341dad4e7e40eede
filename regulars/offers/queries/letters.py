"""Who hears of a wave by post: whom no mailing told, and who may get a letter that sells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from regulars.consent.choices import Channel, Purpose
from regulars.core.actor import Actor
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.queries.people import customers_for
from regulars.messaging.choices import OPEN, REACHED
from regulars.messaging.gate import counts_by_verdict, verdicts_for_customers
from regulars.messaging.models import Mailing, Message
from regulars.messaging.words import short_of
from regulars.offers.choices import WAVE_AUDIENCE
from regulars.offers.models import Chosen, Redemption, Wave

# As many as one prints at a time; once they are in the post, the next stand there.
MOST = 200
# Paper is printed at night as well, and leads to no address of ours.
GOES = frozenset({"", "quiet", "no_public_url"})


@dataclass(frozen=True, slots=True)
class Letters:
    """Those who get one now, and how many were posted."""

    customers: list[Customer]
    is_cut: bool
    posted_count: int
    # What keeps the others back, in a few words, and how many each; the most first.
    kept_back: Sequence[tuple[str, int]] = ()


def letters_of(wave: Wave, actor: Actor, at: datetime, *, most: int = MOST) -> Letters:
    """The next of whom this person may see who get a letter; nobody before their wave is open."""
    posted = Chosen.objects.filter(wave=wave).exclude(posted_at=None).count()
    if wave.is_public or not wave.is_open_at(at):
        return Letters([], False, posted)
    waiting = _waiting(wave, actor)
    counts = counts_by_verdict(Channel.LETTER, Purpose.SELL, at, waiting)
    due: list[int] = []
    # Where nobody's may go, nobody is looked at one by one.
    judged = verdicts_for_customers(Channel.LETTER, Purpose.SELL, at, waiting)
    for pk, verdict in judged if any(counts[code] for code in GOES) else ():
        if verdict.code in GOES:
            due.append(pk)
        if len(due) > most:
            break
    people = Customer.objects.in_bulk(due[:most])
    shown = sorted(people.values(), key=lambda one: (one.sort_name, one.pk))
    kept = [(short_of(code), count) for code, count in counts.most_common() if code not in GOES]
    return Letters(shown, len(due) > most, posted, kept)


def _waiting(wave: Wave, actor: Actor) -> QuerySet[Any, Any]:
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
    seen = customers_for(actor).order_by().values("pk")
    meant = Chosen.objects.filter(wave=wave, posted_at=None, customer__in=seen).order_by()
    return meant.filter(Exists(lives), ~Exists(told), ~Exists(used)).values("customer")
