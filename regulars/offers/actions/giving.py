"""Codes for customers whom somebody names, beside those whom its waves mean."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.offers.actions.codes import make_codes
from regulars.offers.choices import CodeKind
from regulars.offers.errors import OfferNotYetOpen
from regulars.offers.models import Chosen, Offer, Wave
from regulars.offers.rules import may_plan


def wave_to_give(offer: Offer, *, at: datetime) -> Wave:
    """The wave into which customers can be taken by name: open, and not everybody's.

    Of several, the one that is open longest.
    """
    is_standing = offer.planned_at is not None and offer.ended_at is None
    waves = offer.waves.open_at(at).filter(is_public=False).order_by("-closes_at", "pk")
    found = waves.first() if is_standing and offer.code_kind == CodeKind.PERSONAL else None
    if found is None:
        raise OfferNotYetOpen(
            _("No code of “%(offer)s” can be given to customers by name.") % {"offer": offer.name},
            _("It has to be planned, with codes of one’s own and a wave that is open and not for"
              " everybody."),
        )  # fmt: skip
    return found


@transaction.atomic
def give_codes(offer: Offer, customer_ids: Sequence[int], *, by: Actor, at: datetime) -> int:
    """Take these customers into an open wave, each with a code; who is in one already stays there.

    Returns how many came in.
    """
    if not may_plan(by):
        raise NotAllowed(_("Only owners and managers plan offers."), _("Ask one of them."))
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    wave = wave_to_give(offer, at=at)
    has = set(
        Chosen.objects.filter(offer=offer, customer__in=customer_ids).values_list(
            "customer_id", flat=True
        )
    )
    new = sorted({*customer_ids} - has)
    Chosen.objects.bulk_create(
        [Chosen(offer=offer, wave=wave, customer_id=one, since_at=at) for one in new],
        batch_size=500, ignore_conflicts=True,
    )  # fmt: skip
    for _count in make_codes(offer, at=at):
        pass
    audit.record("gave codes", offer, by=by, at=at, count=len(new))
    return len(new)
