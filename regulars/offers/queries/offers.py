"""Offers and their waves, for the team; customers see them by `Offer.objects.visible_to`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Subquery

from regulars.core.actor import Actor
from regulars.core.money import Money
from regulars.offers.choices import Standing, ValueKind
from regulars.offers.errors import OfferNotFound
from regulars.offers.models import Chosen, Offer, OfferQuerySet, Redemption, Wave, WaveQuerySet
from regulars.offers.queries.told import Posted, Told, posted_by_wave, told_by_wave
from regulars.offers.rules import may_plan, may_see_offers, may_see_who, may_take


def offers_for(actor: Actor) -> OfferQuerySet:
    """Every offer that this member of the team may know of."""
    return Offer.objects.all() if may_see_offers(actor) else Offer.objects.none()


def offer_for(actor: Actor, offer_id: int) -> Offer:
    found = offers_for(actor).select_related("created_by").filter(pk=offer_id).first()
    if found is None:
        raise OfferNotFound
    return found


def wave_for(actor: Actor, wave_id: int) -> Wave:
    """One wave of an offer that this person may know of."""
    waves = Wave.objects.select_related("offer", "segment").filter(pk=wave_id)
    found = waves.filter(offer__in=offers_for(actor)).first()
    if found is None:
        raise OfferNotFound
    return found


def waves_of(offer: Offer) -> WaveQuerySet:
    """The waves of an offer, the first first."""
    return Wave.objects.filter(offer=offer).select_related("segment", "offer").in_order()


@dataclass(frozen=True, slots=True)
class Listed:
    """One offer as the page of offers shows it."""

    offer: Offer
    standing: Standing
    opens_at: datetime | None
    closes_at: datetime | None
    wave_count: int
    used_count: int


def listed(actor: Actor, at: datetime, *, most: int = 200) -> list[Listed]:
    """All offers, those that are open or to come first, each with where it stands."""
    used = Redemption.objects.standing().filter(offer=OuterRef("pk")).order_by().values("offer")
    rows: Any = offers_for(actor).annotate(
        first=Min("waves__opens_at"), last=Max("waves__closes_at"), number=Count("waves"),
        used=Subquery(used.annotate(count=Count("pk")).values("count")),
    )  # fmt: skip
    found = [
        Listed(one, one.standing_at(at, one.first, one.last), one.first, one.last, one.number,
               one.used or 0)
        for one in rows.order_by("-pk")[:most]
    ]  # fmt: skip
    order = [Standing.OPEN, Standing.PLANNED, Standing.DRAFT, Standing.OVER]
    return sorted(found, key=lambda one: order.index(one.standing))


def standing_of(offer: Offer, at: datetime) -> Standing:
    ends = offer.waves.aggregate(first=Min("opens_at"), last=Max("closes_at"))
    return offer.standing_at(at, ends["first"], ends["last"])


@dataclass(frozen=True, slots=True)
class Uptake:
    """What became of one wave: how many it means, how many used it, and who was first."""

    wave: Wave
    chosen: int
    used: int
    first_used_at: datetime | None
    told: Told | None = None
    posted: Posted | None = None


def uptake_of(offer: Offer) -> list[Uptake]:
    """The waves in their order, with what became of each; six queries, however many there are."""
    told, posted = told_by_wave(offer), posted_by_wave(offer)
    means = Chosen.objects.filter(wave__offer=offer).order_by().values("wave")
    chosen = dict(means.annotate(count=Count("pk")).values_list("wave", "count"))
    standing = Redemption.objects.standing().filter(offer=offer).order_by().values("wave")
    rows = standing.annotate(count=Count("pk"), first=Min("used_at"))
    used = {
        wave: (count, first) for wave, count, first in rows.values_list("wave", "count", "first")
    }
    return [
        Uptake(
            wave, chosen.get(wave.pk, 0), *used.get(wave.pk, (0, None)), told=told.get(wave.pk),
            posted=posted.get(wave.pk),
        )
        for wave in waves_of(offer)
    ]  # fmt: skip


def given_away(offer: Offer, uptake: Sequence[Uptake]) -> Money | None:
    """What its uses took off or gave, with what waves got beside; nothing where it is not known."""
    each: int | None = offer.value_minor
    if offer.kind == ValueKind.PERCENT:
        price = offer.price_minor
        # Half up, as a till rounds.
        each = None if price is None else (price * (offer.percent or 0) + 50) // 100
    elif offer.kind == ValueKind.GIFT and not offer.value_minor:
        each = None
    if each is None:
        return None
    counted = sum(one.used * (each + one.wave.extra_cost_minor) for one in uptake)
    return Money(counted, offer.currency)


def keeps_amounts() -> bool:
    """Whether an offer stands that says something in the business's currency, or is planned."""
    nothing = {"price_minor": None, "cost_minor": None, "value_minor": 0}
    return Offer.objects.exclude(planned_at=None, **nothing).exists()


def is_planner(actor: Actor) -> bool:
    return may_plan(actor)


def is_taker(actor: Actor) -> bool:
    return may_take(actor)


def is_seer_of_who(actor: Actor) -> bool:
    return may_see_who(actor)
