"""What Juniper & Rye keeps for those who came before the fire, and who was first to take it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from regulars.core.actor import Actor
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.team import IFE, NORA
from regulars.insight.choices import Tier
from regulars.offers.actions.choosing import keep_offer
from regulars.offers.actions.planning import add_wave, draft_offer, end_offer, plan_offer
from regulars.offers.actions.redeeming import redeem
from regulars.offers.checking import OfferDraft, WaveDraft
from regulars.offers.choices import CodeKind, ValueKind
from regulars.offers.models import Chosen, Offer, Redemption
from regulars.offers.queries.codes import codes_of
from regulars.team.models import Member

RYE, STOLLEN, COFFEE = "A fifth off the seeded rye", "The first stollen", "A coffee on the house"
CORE = (Tier.CORE.value,)
ACTIVE = (Tier.ACTIVE.value, Tier.NEW.value)
MISSED = (Tier.SLIPPING.value, Tier.LAPSED.value, Tier.LOST.value)


@transaction.atomic
def keep_offers(staff: Mapping[str, Member], scene: Scene) -> None:
    """One is open to the core and the active, one is being written, one is over."""
    # What an interrupted loading left behind.
    forget_offers()
    nora, ife = staff[NORA].actor, staff[IFE].actor
    began = scene.moment(scene.ago(6), 8, 0)
    rye = _planned(
        OfferDraft(
            RYE, ValueKind.PERCENT, scene.currency, percent=20, price_minor=480, cost_minor=190,
            floor_percent=25, stock=120, sort="First to know",
            words="Four hundred grams, baked on the day you come.",
            terms="One loaf each. Not together with the loaf of the day.",
        ),
        (
            WaveDraft("Core customers", _in(began, 30), began, CORE, is_live=True, held_back=30),
            WaveDraft("Active customers", _in(began, 30), _in(began, 4), ACTIVE),
            WaveDraft("Those we miss", _in(began, 30), _in(began, 9), MISSED,
                      extra="A fifth off, and a coffee beside it", extra_cost_minor=60),
            WaveDraft("Everybody", _in(began, 30), _in(began, 14), is_public=True),
        ),
        by=nora, at=began,
    )  # fmt: skip
    _used(rye, (0.1, 0.3, 1.1, 1.4, 2.2, 3.2, 4.1, 4.4, 5.2), scene, by=ife, began=began)
    before = scene.moment(scene.ago(31), 8, 0)
    coffee = _planned(
        OfferDraft(
            COFFEE, ValueKind.GIFT, scene.currency, value_minor=280, code_kind=CodeKind.SHARED,
            sort="A thank-you", shared_words="BACK AGAIN",
            words="With anything you take home, because you waited.",
        ),
        (
            WaveDraft("Core customers", _in(before, 15), before, CORE),
            WaveDraft("Everybody", _in(before, 15), _in(before, 3), is_public=True),
        ),
        by=nora, at=before,
    )  # fmt: skip
    _used(coffee, (0.2, 0.4, 1.2, 2.3), scene, by=ife, began=before)
    end_offer(coffee, by=nora, at=_in(before, 15))
    # Written on the day before, however long ago that is: nothing opens in the past.
    wrote, comes = scene.moment(scene.ago(1), 16, 0), scene.moment(scene.ago(-4), 8, 0)
    stollen = draft_offer(
        OfferDraft(
            STOLLEN, ValueKind.GIFT, scene.currency, value_minor=350, price_minor=1_600,
            cost_minor=900, stock=60, sort="First to know",
            words="Put by for you before they stand in the window.",
        ),
        by=nora, at=wrote,
    )  # fmt: skip
    add_wave(stollen, WaveDraft("Core customers", _in(comes, 14), comes, CORE), by=nora, at=wrote)
    Offer.objects.filter(pk__in=[rye.pk, coffee.pk, stollen.pk]).update(source=SOURCE)


def _in(moment: datetime, days: int) -> datetime:
    return moment + timedelta(days=days)


def _planned(
    draft: OfferDraft, waves: tuple[WaveDraft, ...], *, by: Actor, at: datetime
) -> Offer:  # fmt: skip
    offer = draft_offer(draft, by=by, at=at)
    for wave in waves:
        add_wave(offer, wave, by=by, at=at)
    offer = plan_offer(offer, by=by, at=at)
    # Once as it was planned, and once later, so that the live wave is filled.
    for moment in (at, at + timedelta(minutes=1)):
        keep_offer(offer, at=moment)
    return offer


def _used(
    offer: Offer, days: tuple[float, ...], scene: Scene, *, by: Actor, began: datetime
) -> None:
    """So many days after the first opening somebody used it whose wave was open by then."""
    rows = list(
        Chosen.objects.filter(offer=offer).order_by("wave__opens_at", "customer__sort_name")
        .select_related("wave", "customer")
    )  # fmt: skip
    scene.lot(f"offers {offer.name}").shuffle(rows)
    codes = codes_of(offer, [one.customer_id for one in rows])
    for day in days:
        moment = began + timedelta(days=day, hours=1)
        chosen = next((one for one in rows if one.wave.opens_at <= moment), None)
        if chosen is None:
            return
        rows.remove(chosen)
        redeem(
            codes.get(chosen.customer_id, offer.shared_words), slip=f"{SOURCE}:{offer.pk}:{day}",
            by=by, at=moment, customer=chosen.customer,
        )  # fmt: skip


def forget_offers() -> None:
    """Take the sample's offers out, with what was used of them."""
    theirs = Offer.objects.filter(source=SOURCE)
    Redemption.objects.filter(offer__in=theirs).delete()
    theirs.delete()
