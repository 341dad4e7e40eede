"""Offers from elsewhere that are over: kept for comparing, seen and used by nobody."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.offers.actions.codes import share_code
from regulars.offers.checking import MOST_USES
from regulars.offers.choices import CodeKind, ValueKind
from regulars.offers.errors import OfferUnclear
from regulars.offers.models import Code, Offer, Wave
from regulars.offers.rules import may_plan


@dataclass(frozen=True, slots=True)
class PastOffer:
    """What a file says of one; `is_for_all` where it does not say whom it was for."""

    source: str
    reference: str
    name: str
    sort: str
    currency: str
    opens_at: datetime
    closes_at: datetime
    is_for_all: bool


@transaction.atomic
def keep_past_offer(past: PastOffer, *, by: Actor, at: datetime) -> tuple[Offer, Wave, Code]:
    """Write down an offer that is over, with one wave, and a code that no page shows."""
    if not may_plan(by):
        raise NotAllowed(_("Only owners and managers plan offers."), _("Ask one of them."))
    if past.closes_at > at:
        raise OfferUnclear(_("“%(offer)s” is not over yet.") % {"offer": past.name})
    offer = Offer.objects.create(
        name=past.name, kind=ValueKind.GIFT, currency=past.currency, code_kind=CodeKind.SHARED,
        uses=MOST_USES, created_at=at, created_by_id=by.member_id, planned_at=past.opens_at,
        ended_at=past.closes_at, source=past.source, reference=past.reference, sort=past.sort,
    )  # fmt: skip
    wave = Wave.objects.create(
        offer=offer, name=_("Everybody") if past.is_for_all else _("Those it was for"),
        is_public=past.is_for_all, opens_at=past.opens_at, closes_at=past.closes_at, chosen_at=at,
    )  # fmt: skip
    code = share_code(offer, by=by, at=at)
    audit.record("kept past offer", offer, by=by, at=at)
    return offer, wave, code
