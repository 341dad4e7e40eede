"""Letters to a wave that are in the post: each is a touch, and nobody gets a second one."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_posted, take_back_posted
from regulars.conversations.models import Touch
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.offers.checking import check_way
from regulars.offers.choices import Way
from regulars.offers.errors import OfferChangedSince
from regulars.offers.models import Chosen, Wave
from regulars.offers.rules import may_plan


@transaction.atomic
def note_posted(wave: Wave, customer_ids: Collection[int], *, by: Actor, at: datetime) -> int:
    """Say that the letters to these customers of a wave are in the post; returns how many."""
    _check(by)
    check_way(wave, Way.LETTER)
    rows = Chosen.objects.select_for_update(of=("self",)).filter(
        wave=wave, customer__in=customer_ids, posted_at=None
    )
    ids = sorted(rows.values_list("customer_id", flat=True))
    if not ids:
        return 0
    log_posted(
        ids, channel=Channel.LETTER, purpose=Purpose.SELL, by=by, at=at, body=wave.offer.name
    )
    Chosen.objects.filter(wave=wave, customer__in=ids).update(posted_at=at)
    audit.record("posted letters of wave", wave, by=by, at=at, count=len(ids))
    return len(ids)


@transaction.atomic
def take_posted_back(wave: Wave, posted_at: datetime, *, by: Actor, at: datetime) -> int:
    """They were not posted after all: the touches go, and they stand with the letters again."""
    _check(by)
    rows = Chosen.objects.select_for_update(of=("self",)).filter(wave=wave, posted_at=posted_at)
    ids = sorted(rows.values_list("customer_id", flat=True))
    if not ids:
        raise OfferChangedSince(_("That was taken back already."))
    touches = Touch.objects.standing().filter(
        customer__in=ids, happened_at=posted_at, channel=Channel.LETTER, purpose=Purpose.SELL
    )
    take_back_posted(list(touches.values_list("pk", flat=True)), by=by, at=at)
    Chosen.objects.filter(wave=wave, customer__in=ids).update(posted_at=None)
    audit.record("took letters of wave back", wave, by=by, at=at, count=len(ids))
    return len(ids)


def _check(by: Actor) -> None:
    if not may_plan(by):
        raise NotAllowed(_("Only owners and managers plan offers."), _("Ask one of them."))
