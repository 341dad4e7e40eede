"""Offers with their waves, as the tests need them."""

from datetime import datetime, timedelta
from typing import Any

from regulars.core.actor import SYSTEM
from regulars.offers.actions.choosing import keep_offer
from regulars.offers.actions.planning import add_wave, draft_offer, plan_offer
from regulars.offers.checking import OfferDraft, WaveDraft
from regulars.offers.choices import ValueKind
from regulars.offers.models import Offer

DAY = timedelta(days=1)


def a_draft(**over: Any) -> OfferDraft:
    """A fifth off the rye."""
    return OfferDraft(**{
        "name": "A fifth off the rye", "kind": ValueKind.PERCENT, "percent": 20, "currency": "GBP",
        **over,
    })  # fmt: skip


def a_wave(at: datetime, opens: float, *tiers: str, closes: float = 30, **over: Any) -> WaveDraft:
    """For these tiers, or for everybody, from so many days after `at`."""
    return WaveDraft(**{
        "name": ", ".join(tiers) or "Everybody", "tiers": tiers, "is_public": not tiers,
        "opens_at": at + opens * DAY, "closes_at": at + closes * DAY, **over,
    })  # fmt: skip


def make_offer(at: datetime, *waves: WaveDraft, is_kept: bool = True, **over: Any) -> Offer:
    """Planned, with whom its waves mean and their codes; by itself the core now, then everybody."""
    offer = draft_offer(a_draft(**over), by=SYSTEM, at=at)
    for wave in waves or (a_wave(at, 0, "core"), a_wave(at, 7)):
        add_wave(offer, wave, by=SYSTEM, at=at)
    offer = plan_offer(offer, by=SYSTEM, at=at)
    if is_kept:
        keep_offer(offer, at=at)
    offer.refresh_from_db()
    return offer
