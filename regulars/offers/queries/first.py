"""Who was first, and why somebody was not."""

from datetime import datetime

from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for
from regulars.messaging.choices import OPEN, REACHED
from regulars.messaging.models import Message
from regulars.messaging.words import sentence_of
from regulars.offers.models import Chosen, Offer, Redemption, RedemptionQuerySet
from regulars.offers.queries.meant import meant_in_words
from regulars.offers.queries.offers import waves_of
from regulars.offers.queries.till import said, wave_open_to
from regulars.offers.queries.told import told_of

SHOWN = 25


def first_users(offer: Offer, actor: Actor) -> RedemptionQuerySet:
    """Who used it first, as far as this person may see them; who has no name is nobody's."""
    used = Redemption.objects.standing().filter(offer=offer)
    theirs = used.filter(customer__in=customers_for(actor).values("pk")) | used.filter(
        customer=None
    )
    rows = theirs.select_related("customer", "wave", "member")
    return rows.order_by("used_at", "pk")[:SHOWN]


def why_not(offer: Offer, customer: Customer, at: datetime) -> list[str]:
    """Why a customer could use an offer, or not: a sentence each, the answer first."""
    if offer.planned_at is None:
        return [_("It is a draft: nobody can use it yet.")]
    told = [_answer(offer, customer, at)]
    chosen = Chosen.objects.filter(offer=offer, customer=customer).select_related("wave").first()
    if chosen is None:
        names = [f"“{one.name}” ({meant_in_words(one)})" for one in waves_of(offer)]
        told.append(
            _("They are in none of its waves, which are for: %(waves)s.")
            % {"waves": ", ".join(names)}
        )
    else:
        told.append(
            _("They are in wave “%(wave)s”, since %(since)s.")
            % {"wave": chosen.wave.name, "since": said(chosen.since_at)}
        )
    told += _was_told(offer, customer, chosen)
    used = Redemption.objects.standing().filter(offer=offer, customer=customer).order_by("used_at")
    told += [_("They used it %(when)s.") % {"when": said(one.used_at)} for one in used]
    return told


def _was_told(offer: Offer, customer: Customer, chosen: Chosen | None) -> list[str]:
    """Whether they heard of it, by what was delivered or posted and not by what was meant."""
    message = told_of(offer, customer)
    told = [_by_mailing(message)] if message else []
    if chosen is not None and chosen.posted_at is not None:
        told.append(
            _("A letter that tells them of it was put in the post %(when)s.")
            % {"when": said(chosen.posted_at)}
        )
    return told or [_("Neither a mailing nor a letter told them of it.")]


def _by_mailing(message: Message) -> str:
    if message.state in REACHED:
        return _("They were told of it %(when)s.") % {"when": said(message.state_at)}
    if message.state in OPEN:
        return _("The mailing that tells them has not left yet.")
    why = sentence_of(message.why) if message.why else ""
    return _("The mailing did not reach them. %(why)s") % {"why": why}


def _answer(offer: Offer, customer: Customer, at: datetime) -> str:
    try:
        wave = wave_open_to(offer, customer, at)
    except Refusal as no:
        return no.sentence
    return _("It is open to them until %(when)s.") % {"when": said(wave.closes_at)}
