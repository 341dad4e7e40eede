"""What Juniper & Rye keeps for those who came before the fire, who heard of it, who took it first.

On the day before, the line was down for a while: two uses were noted at the till without it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_posted
from regulars.core.actor import Actor
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.team import IFE, NORA
from regulars.insight.choices import Tier
from regulars.messaging.models import Hold
from regulars.offers.actions.arriving import Noted, take_in_use
from regulars.offers.actions.choosing import keep_offer
from regulars.offers.actions.planning import add_wave, draft_offer, end_offer, plan_offer
from regulars.offers.actions.posting import note_posted
from regulars.offers.actions.redeeming import redeem
from regulars.offers.checking import OfferDraft, WaveDraft
from regulars.offers.choices import CodeKind, ValueKind, Way
from regulars.offers.models import Chosen, Offer, OfflineUse, Redemption
from regulars.offers.queries.codes import codes_of
from regulars.offers.till_list import Stamp, signed
from regulars.team.models import Member

RYE, STOLLEN, COFFEE = "A fifth off the seeded rye", "The first stollen", "A coffee on the house"
BOX = "The Christmas box, a week early"
LETTERS = 4
CORE = (Tier.CORE.value,)
ACTIVE = (Tier.ACTIVE.value, Tier.NEW.value)
MISSED = (Tier.SLIPPING.value, Tier.LAPSED.value, Tier.LOST.value)


@transaction.atomic
def keep_offers(staff: Mapping[str, Member], scene: Scene) -> None:
    """One is open to the core and the active, one is planned, one being written, one over."""
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
                      ways=(Way.LETTER, Way.CALL), extra="A fifth off, and a coffee beside it",
                      extra_cost_minor=60),
            WaveDraft("Everybody", _in(began, 30), _in(began, 14), is_public=True),
        ),
        by=nora, at=began,
    )  # fmt: skip
    _used(rye, (0.1, 0.3, 1.1, 1.4, 2.2, 3.2, 4.1, 4.4, 5.2), scene, by=ife, began=began)
    _told_by_post(rye, scene, by=nora)
    _noted_without_the_line(rye, staff[NORA], scene)
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
    opens = scene.moment(scene.ago(-7), 8, 0)
    box = _planned(
        OfferDraft(
            BOX, ValueKind.AMOUNT, scene.currency, value_minor=500, price_minor=4_200,
            cost_minor=2_600, floor_percent=20, stock=40, sort="First to know",
            words="Stollen, gingerbread and a fruit loaf, before the rush.",
        ),
        (
            WaveDraft("Core customers", _in(opens, 14), opens, CORE, held_back=10),
            WaveDraft("Everybody", _in(opens, 14), _in(opens, 7), is_public=True),
        ),
        by=nora, at=wrote,
    )  # fmt: skip
    ours = (rye, coffee, stollen, box)
    Offer.objects.filter(pk__in=[one.pk for one in ours]).update(source=SOURCE)


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


def _told_by_post(offer: Offer, scene: Scene, *, by: Actor) -> None:
    """A few of the core live far off: cards since the fire, and then a letter of the offer."""
    core = offer.waves.order_by("opens_at", "pk")[0]
    lives = ContactPoint.objects.filter(
        customer=OuterRef("customer"), kind=PointKind.ADDRESS, state=PointState.USABLE
    )
    held = Hold.objects.filter(customer=OuterRef("customer"))
    used = Redemption.objects.filter(offer=offer, customer=OuterRef("customer"))
    far = Chosen.objects.filter(Exists(lives), ~Exists(held), ~Exists(used), wave=core)
    # The last on the list: those whom the screens call by name stand at its beginning.
    ids = list(far.order_by("-customer").values_list("customer", flat=True)[:LETTERS])
    # Whoever is served three times may be sold to once.
    for ago in (32, 24, 16):
        log_posted(
            ids, channel=Channel.LETTER, purpose=Purpose.REASSURE, by=by,
            at=scene.moment(scene.ago(ago), 16, 30), body="A card: how it goes on after the fire.",
        )  # fmt: skip
    note_posted(core, ids, by=by, at=scene.moment(scene.ago(5), 16, 30))


def _noted_without_the_line(offer: Offer, member: Member, scene: Scene) -> None:
    """One was free to use, the other somebody had taken at the till next to it."""
    day = scene.ago(1)
    listed, back = scene.moment(day, 8, 5), scene.moment(day, 17, 40)
    stamp = signed({}, Stamp(member.pk, day.isoformat(), listed, scene.moment(scene.day, 0, 0)))
    taken = Redemption.objects.filter(offer=offer).exclude(customer=None).order_by("used_at")
    whose = Chosen.objects.filter(offer=offer, wave__opens_at__lte=listed, posted_at=None)
    free = whose.exclude(customer__in=taken.values("customer")).order_by("-customer").first()
    first = taken.last()
    uses = ((free, 16, 20, "R-2291"), (first, 16, 45, "R-2294"))
    for place, (one, hour, minute, receipt) in enumerate(uses):
        if one is None or one.customer_id is None:
            continue
        used = scene.moment(day, hour, minute)
        code = codes_of(offer, [one.customer_id])[one.customer_id]
        noted = Noted(f"{SOURCE}-{place}", code, stamp, used, back, receipt)
        take_in_use(noted, by=member.actor, at=back)


def forget_offers() -> None:
    """Take the sample's offers out, with what was used of them."""
    theirs = Offer.objects.filter(source=SOURCE)
    OfflineUse.objects.filter(offer__in=theirs).delete()
    Redemption.objects.filter(offer__in=theirs).delete()
    theirs.delete()
