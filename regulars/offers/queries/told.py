"""Who was told of an offer, and when: by mailings that were delivered, by letters in the post."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils.translation import gettext as _

from regulars.customers.choices import Kind
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.messaging.audiences import narrowed, narrowed_words
from regulars.messaging.choices import OPEN, REACHED, MailingState
from regulars.messaging.models import Mailing, Message
from regulars.offers.choices import WAVE_AUDIENCE
from regulars.offers.models import Chosen, Offer, Wave
from regulars.offers.queries.meant import customers_meant


class InOneWave:
    """{"offer": id, "wave": id}: whom a wave means; of the public one, who is in no other."""

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        wave = Wave.objects.select_related("segment").filter(pk=definition["wave"]).first()
        return narrowed(customers_of(wave), definition) if wave else Customer.objects.none()

    def words(self, definition: dict[str, Any]) -> str:
        wave = Wave.objects.select_related("offer").filter(pk=definition["wave"]).first()
        places = {"wave": wave.name if wave else "…", "offer": wave.offer.name if wave else "…"}
        return narrowed_words(_("wave “%(wave)s” of “%(offer)s”") % places, definition)


def customers_of(wave: Wave) -> CustomerQuerySet:
    """Whom a wave means, as it is kept; before a live one opens, whoever fits now.

    Whose letter is in the post has heard of it, and is not told a second time.
    """
    theirs = Chosen.objects.filter(customer=OuterRef("pk"))
    on_list = Customer.objects.on_the_list()
    if wave.is_public:
        public = on_list.exclude(kind=Kind.DEPARTMENT)
        return public.filter(~Exists(theirs.filter(offer=wave.offer_id)))
    if wave.chosen_at is None and wave.is_live:
        return customers_meant(wave)
    return on_list.filter(Exists(theirs.filter(wave=wave, posted_at=None)))


@dataclass(frozen=True, slots=True)
class Told:
    """What became of telling one wave."""

    mailing: Mailing
    count: int
    first_at: datetime | None
    # Messages that may still leave.
    waiting: int

    @property
    def is_draft(self) -> bool:
        return self.mailing.state == MailingState.DRAFT


def told_by_wave(offer: Offer) -> dict[int, Told]:
    """By wave, of its newest mailing, to how many it went and when first; two questions."""
    mailings = {
        one.pk: one for one in Mailing.objects.filter(
            audience=WAVE_AUDIENCE, definition__offer=offer.pk
        ).order_by("pk")
    }  # fmt: skip
    counted = Message.objects.filter(mailing__in=list(mailings)).order_by().values("mailing")
    rows = counted.annotate(
        count=Count("pk", filter=Q(state__in=REACHED)),
        first=Min("state_at", filter=Q(state__in=REACHED)),
        waiting=Count("pk", filter=Q(state__in=OPEN)),
    )
    known = {pk: rest for pk, *rest in rows.values_list("mailing", "count", "first", "waiting")}
    found: dict[int, Told] = {}
    for pk, one in mailings.items():
        count, first, waiting = known.get(pk, (0, None, 0))
        # Thrown away before anybody heard of it, it is as if it had never been.
        if count or waiting or one.state != MailingState.CANCELLED:
            found[one.definition["wave"]] = Told(one, count, first, waiting)
    return found


@dataclass(frozen=True, slots=True)
class Posted:
    """Letters to one wave that are in the post: how many, and since when."""

    count: int
    first_at: datetime


def posted_by_wave(offer: Offer) -> dict[int, Posted]:
    """By wave, the letters that are in the post; one question."""
    rows = Chosen.objects.filter(wave__offer=offer, posted_at__isnull=False).order_by()
    counted = rows.values("wave").annotate(count=Count("pk"), first=Min("posted_at"))
    return {
        wave: Posted(count, first)
        for wave, count, first in counted.values_list("wave", "count", "first")
    }


def told_of(offer: Offer, customer: Customer) -> Message | None:
    """The message by which they were to be told of it, if there is one."""
    mailings = Mailing.objects.filter(audience=WAVE_AUDIENCE, definition__offer=offer.pk)
    theirs = Message.objects.filter(customer=customer, mailing__in=mailings.values("pk"))
    return theirs.order_by("-pk").first()
