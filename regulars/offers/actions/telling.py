"""Telling the customers of a wave, by one mailing through the gate, from its opening on."""

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.choices import Purpose
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.messaging.actions.mailings import write_mailing
from regulars.messaging.actions.texts import use_words
from regulars.messaging.audiences import Among, among_in
from regulars.messaging.choices import MailingState
from regulars.messaging.models import Mailing
from regulars.offers.checking import check_way
from regulars.offers.choices import WAVE_AUDIENCE, Way
from regulars.offers.codes import field_of
from regulars.offers.errors import OfferFixed, OfferOver, OfferUnclear
from regulars.offers.models import Offer, Wave
from regulars.offers.queries.told import told_by_wave
from regulars.offers.rules import may_plan

# What was meant for the opening is worth sending for three days, and never beyond the end.
GOOD_FOR = timedelta(hours=72)
CODE, LINK = "offer_code", "offer_link"
_CODE = re.compile(rf"\b{CODE}\b")


@transaction.atomic
def tell_wave(
    wave: Wave, *, subject: str, body: str, by: Actor, at: datetime, among: Among | None = None,
    not_before: datetime | None = None,
) -> Mailing:  # fmt: skip
    """Write the mailing that tells a wave; it leaves once somebody approves it, and never before
    the wave is open. `{{ offer_code }}` in it is the code for this offer and no other.

    `among` is an audience to which the wave is narrowed down.
    """
    if not may_plan(by):
        raise NotAllowed(_("Only owners and managers plan offers."), _("Ask one of them."))
    offer = Offer.objects.select_for_update().get(pk=wave.offer_id)
    _refuse_what_is_over(offer, wave, at)
    check_way(wave, Way.EMAIL)
    if CODE not in body and LINK not in body and field_of(offer.pk) not in body:
        raise OfferUnclear(
            _("The text does not say how they use it."),
            _("Put {{ offer_code }} or the link {{ offer_link }} into it."),
        )
    told = told_by_wave(offer).get(wave.pk)
    if told is not None and not told.is_draft:
        raise OfferFixed(
            _("This wave is being told already, or was."),
            _("Its mailing says whom it reached; nobody hears of it twice."),
        )
    opens = max(at, wave.opens_at, not_before or at)
    if opens >= wave.closes_at:
        raise OfferOver(_("The wave ends before that day."), _("Choose a day before its end."))
    hours = min(GOOD_FOR, wave.closes_at - opens) // timedelta(hours=1)
    version = use_words(
        subject=subject, body=_CODE.sub(field_of(offer.pk), body), purpose=Purpose.SELL, by=by,
        at=at,
    )  # fmt: skip
    if told is not None:
        _throw_away(told.mailing)
    return write_mailing(
        name=f"{offer.name}: {wave.name}"[:200], version=version, purpose=Purpose.SELL,
        audience=WAVE_AUDIENCE, by=by, at=at,
        definition={"offer": offer.pk, "wave": wave.pk, **among_in(among)},
        not_before=opens, expires_after_hours=max(1, hours),
    )  # fmt: skip


def _throw_away(draft: Mailing) -> None:
    """The words were written anew: the draft that held the old ones goes."""
    Mailing.objects.filter(pk=draft.pk, state=MailingState.DRAFT).update(
        state=MailingState.CANCELLED
    )


def _refuse_what_is_over(offer: Offer, wave: Wave, at: datetime) -> None:
    if offer.planned_at is None:
        raise OfferUnclear(
            _("“%(offer)s” is a draft: nobody can be told of it yet.") % {"offer": offer.name},
            _("Let it stand first."),
        )
    if offer.ended_at is not None or wave.closes_at <= at:
        raise OfferOver(
            _("“%(offer)s” is over for this wave.") % {"offer": offer.name},
            _("Tell a wave that is still open, or write a new offer."),
        )
