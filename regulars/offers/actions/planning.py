"""Writing offers and waves, letting them stand, and ending them."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from regulars.core import audit, jobs
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.events import announce
from regulars.offers.actions.codes import share_code
from regulars.offers.checking import (
    OfferDraft,
    WaveDraft,
    check_margin,
    check_offer,
    check_order,
    check_wave,
    shared_words_of,
)
from regulars.offers.choices import COLUMN_OF, CodeKind, Way
from regulars.offers.errors import OfferChangedSince, OfferFixed, OfferUnclear
from regulars.offers.events import OfferPlanned
from regulars.offers.models import Chosen, Code, Offer, Wave
from regulars.offers.rules import may_plan

CHOOSE_JOB = "offers.choose"
# What may still be changed once customers may have been told: nothing that takes from them.
STILL = {"sort", "terms", "words"}


@transaction.atomic
def draft_offer(draft: OfferDraft, *, by: Actor, at: datetime) -> Offer:
    """Write an offer down; nobody sees it before it is planned."""
    _check(by)
    check_offer(draft)
    offer = Offer.objects.create(**_values(draft), created_at=at, created_by_id=by.member_id)
    audit.record("wrote offer", offer, by=by, at=at)
    return offer


@transaction.atomic
def redraft_offer(offer: Offer, draft: OfferDraft, *, by: Actor, at: datetime) -> Offer:
    """Change what an offer says; what customers may count on stays once it is planned."""
    _check(by)
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    check_offer(draft)
    values = _values(draft)
    changed = [name for name, value in values.items() if getattr(offer, name) != value]
    if offer.planned_at is not None and not _may_change(offer).issuperset(changed):
        raise OfferFixed(
            _("“%(offer)s” is planned: what it gives stays as it is.") % {"offer": offer.name},
            _(
                "Words and terms can be mended, and a price or cost that is missing: for the"
                " rest end it, and write a new one."
            ),
        )
    for name in changed:
        setattr(offer, name, values[name])
    if changed:
        offer.save(update_fields=changed)
        audit.record("changed offer", offer, by=by, at=at, changed=changed)
    return offer


def _may_change(offer: Offer) -> set[str]:
    """Of what is planned: its words, and what nobody had written down of price and cost."""
    known = ("price_minor", "cost_minor")
    return STILL | {name for name in known if getattr(offer, name) is None}


@transaction.atomic
def add_wave(offer: Offer, draft: WaveDraft, *, by: Actor, at: datetime) -> Wave:
    """Add a wave to an offer that is not planned yet."""
    offer = _drafted(offer, by)
    check_wave(draft, offer, list(offer.waves.all()), at)
    wave = Wave.objects.create(offer=offer, **_wave_values(draft))
    audit.record("added wave", wave, by=by, at=at, offer=offer.pk)
    return wave


@transaction.atomic
def change_wave(wave: Wave, draft: WaveDraft, *, by: Actor, at: datetime) -> Wave:
    """Change a wave of an offer that is not planned yet."""
    offer = _drafted(wave.offer, by)
    check_wave(draft, offer, list(offer.waves.exclude(pk=wave.pk)), at)
    for name, value in _wave_values(draft).items():
        setattr(wave, name, value)
    wave.save()
    audit.record("changed wave", wave, by=by, at=at, offer=offer.pk)
    return wave


@transaction.atomic
def choose_ways(wave: Wave, ways: Collection[Way], *, by: Actor, at: datetime) -> Wave:
    """Say by which ways a wave may be told from now on, planned or not; what has left has left."""
    _check(by)
    wave = Wave.objects.select_for_update(of=("self",)).get(pk=wave.pk)
    for way, column in COLUMN_OF.items():
        setattr(wave, column, way in ways)
    wave.save(update_fields=list(COLUMN_OF.values()))
    audit.record("chose ways of wave", wave, by=by, at=at, ways=[way.value for way in wave.ways])
    return wave


@transaction.atomic
def drop_wave(wave: Wave, *, by: Actor, at: datetime) -> None:
    """Take a wave out of an offer that is not planned yet."""
    offer = _drafted(wave.offer, by)
    audit.record("dropped wave", wave, by=by, at=at, offer=offer.pk)
    wave.delete()


@transaction.atomic
def plan_offer(offer: Offer, *, by: Actor, at: datetime) -> Offer:
    """Let an offer stand: from now on its waves open by themselves, each at its moment.

    A wave whose moment is over opens now; who is meant by frozen waves is worked out at once.
    """
    offer = _drafted(offer, by)
    waves = list(offer.waves.order_by("opens_at", "pk"))
    for wave in waves:
        wave.opens_at, wave.held_left = max(at, wave.opens_at), wave.held_back
    check_order(waves, at)
    _check_whole(offer, waves)
    for wave in waves:
        wave.save(update_fields=["opens_at", "held_left"])
    held = sum(one.held_back for one in waves)
    offer.planned_at = at
    offer.common_left = None if offer.stock is None else offer.stock - held
    offer.save(update_fields=["planned_at", "common_left"])
    if offer.code_kind == CodeKind.SHARED or any(one.is_public for one in waves):
        share_code(offer, by=by, at=at)
    for moment in {at, *(one.opens_at for one in waves), *(one.closes_at for one in waves)}:
        jobs.enqueue(
            CHOOSE_JOB, at=moment, offer_id=offer.pk,
            unique_key=f"{CHOOSE_JOB}:{offer.pk}:{at.isoformat()}:{moment.isoformat()}",
        )  # fmt: skip
    audit.record("planned offer", offer, by=by, at=at, waves=len(waves))
    announce(OfferPlanned(offer.pk, min(one.opens_at for one in waves).isoformat()), at=at)
    return offer


@transaction.atomic
def put_back_to_draft(offer: Offer, *, by: Actor, at: datetime) -> Offer:
    """Undo the planning, as long as no wave has opened."""
    _check(by)
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.planned_at is None or offer.ended_at is not None:
        raise OfferChangedSince(_("Somebody has changed this since. Look at it again."))
    if offer.waves.filter(opens_at__lte=at).exists():
        raise OfferFixed(
            _("Its first wave is open: customers may have seen it."),
            _("End it instead, and they are told that it is over."),
        )
    Chosen.objects.filter(offer=offer).delete()
    Code.objects.filter(offer=offer).delete()
    offer.waves.update(chosen_at=None, chosen_count=0, chosen_up_to=0, held_left=0)
    offer.planned_at, offer.common_left = None, None
    offer.save(update_fields=["planned_at", "common_left"])
    audit.record("put back to draft", offer, by=by, at=at)
    return offer


@transaction.atomic
def end_offer(offer: Offer, *, by: Actor, at: datetime) -> Offer:
    """From now on nobody can use it, and no page shows it."""
    _check(by)
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.planned_at is None or offer.ended_at is not None:
        raise OfferChangedSince(_("It is not planned, or over already."), _("Load the page again."))
    offer.ended_at = at
    offer.save(update_fields=["ended_at"])
    audit.record("ended offer", offer, by=by, at=at)
    return offer


@transaction.atomic
def open_again(offer: Offer, *, ended_at: datetime, by: Actor, at: datetime) -> Offer:
    """Undo an end, as long as it still stands so."""
    _check(by)
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.ended_at != ended_at:
        raise OfferChangedSince(_("Somebody has changed this since. Look at it again."))
    offer.ended_at = None
    offer.save(update_fields=["ended_at"])
    audit.record("opened offer again", offer, by=by, at=at)
    return offer


@transaction.atomic
def raise_stock(offer: Offer, more: int, *, by: Actor, at: datetime) -> Offer:
    """There are more of it than we thought."""
    _check(by)
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.stock is None or offer.common_left is None or not 1 <= more <= 1_000_000:
        raise OfferUnclear(
            _("Say how many more there are, of an offer whose stock is limited."),
        )
    offer.stock, offer.common_left = offer.stock + more, offer.common_left + more
    offer.save(update_fields=["stock", "common_left"])
    audit.record("raised stock", offer, by=by, at=at, more=more)
    return offer


@transaction.atomic
def throw_away(offer: Offer, *, by: Actor, at: datetime) -> None:
    """Throw a draft away, with its waves."""
    offer = _drafted(offer, by)
    audit.record("threw away", offer, by=by, at=at)
    offer.delete()


def _drafted(offer: Offer, by: Actor) -> Offer:
    _check(by)
    offer = Offer.objects.select_for_update().get(pk=offer.pk)
    if offer.planned_at is not None:
        raise OfferFixed(
            _("“%(offer)s” is planned: its waves stay as they are.") % {"offer": offer.name},
            _("Put it back to a draft while no wave is open; afterwards end it."),
        )
    return offer


def _check_whole(offer: Offer, waves: list[Wave]) -> None:
    for wave in waves:
        check_margin(offer, wave.extra_cost_minor, wave.name)
    held = offer.waves.aggregate(held=Sum("held_back"))["held"] or 0
    if held and (offer.stock is None or held > offer.stock):
        raise OfferUnclear(
            _("%(held)s are held back for waves, and there are %(stock)s in all.")
            % {"held": held, "stock": offer.stock if offer.stock is not None else _("no limit")}
        )


def _values(draft: OfferDraft) -> dict[str, object]:
    values = asdict(draft)
    for name in ("name", "words", "terms", "sort"):
        values[name] = values[name].strip()
    values["shared_words"] = shared_words_of(draft.shared_words)
    if draft.kind != "percent":
        values["percent"] = None
    else:
        values["value_minor"] = 0
    return values


def _wave_values(draft: WaveDraft) -> dict[str, object]:
    return {
        "name": draft.name.strip(), "is_public": draft.is_public, "tiers": list(draft.tiers),
        "segment": draft.segment, "is_live": draft.is_live and not draft.is_public,
        "opens_at": draft.opens_at, "closes_at": draft.closes_at, "held_back": draft.held_back,
        "extra": draft.extra.strip(),
        "extra_cost_minor": draft.extra_cost_minor,
        **{column: way in draft.ways for way, column in COLUMN_OF.items()},
    }  # fmt: skip


def _check(by: Actor) -> None:
    if not may_plan(by):
        raise NotAllowed(_("Only owners and managers plan offers."), _("Ask one of them."))
