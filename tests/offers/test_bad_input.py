"""Bad input: waves, margins, codes and currencies that cannot be, each refused with a sentence."""

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.core.errors import Refusal
from regulars.lists.actions.segments import refresh_segment, save_segment
from regulars.offers.actions.codes import replace_code
from regulars.offers.actions.planning import add_wave, draft_offer, end_offer
from regulars.offers.actions.redeeming import redeem
from regulars.offers.codes import made_code, spelled
from regulars.offers.errors import BelowCost, OfferUnclear
from regulars.offers.models import Chosen, Offer, Redemption, Wave
from regulars.offers.queries.codes import shared_code_of
from regulars.team.models import Member
from regulars.team.queries import is_currency_settled
from tests.factories.offers import DAY, a_draft, a_wave, make_offer
from tests.factories.team import make_member
from tests.offers.test_redeeming import code_of, of_tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def _nobody_has_tried() -> None:
    cache.clear()


def words_of(answer: Any) -> str:
    """What stands on a page, without its tags."""
    return html.unescape(" ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split()))


# Waves


@pytest.mark.parametrize(
    ("over", "says"),
    [
        ({"opens_at": "2026-11-20T09:00"}, "Fri 20 09:00 is over: nothing opens in the past."),
        ({"closes_at": "2026-12-01T09:00"}, "would end 1 Dec 09:00, before it opens 2 Dec 09:00."),
        ({"tiers": ["core"]}, "Core customers are in wave “core” already."),
        ({"tiers": []}, "Say whom this wave is for"),
        ({"held_back": "3"}, "Nothing can be held back where the stock is not limited."),
        ({"extra_cost": "1.50"},
         "In wave “Active” they would pay £4.00, and it costs us £4.50: -12 % would be left."),
        ({"closes_at": "the last day"}, "Enter a valid date/time."),
    ],
    ids=["past", "backwards", "overlapping", "nobody", "held back", "below cost", "no moment"],
)  # fmt: skip
def test_a_wave_that_cannot_be_is_refused_on_its_form(
    client_of: ClientOf, owner: Member, at: datetime, over: dict[str, Any], says: str
) -> None:
    offer = draft_offer(a_draft(price_minor=500, cost_minor=300), by=SYSTEM, at=at)
    add_wave(offer, a_wave(at, 1, "core"), by=SYSTEM, at=at)
    wrote = {"name": "Active", "whom": "tiers", "tiers": ["active"],
             "opens_at": "2026-12-02T09:00", "closes_at": "2026-12-24T09:00"}  # fmt: skip

    answer = client_of(owner).post(f"/offers/{offer.pk}/waves/new", wrote | over)

    assert (answer.status_code, says in words_of(answer)) == (422, True)
    assert offer.waves.count() == 1
    # As it was meant, it is taken.
    assert client_of(owner).post(f"/offers/{offer.pk}/waves/new", wrote).status_code == 302


@pytest.mark.parametrize(
    ("public", "planned", "says"),
    [
        (1, 0, "or with it: old customers come first. Open “Everybody” later, or “core” earlier."),
        # Planned late, both would open now.
        (5, 6, "“Everybody” would open before “core”, or with it"),
        (5, 31, "is over before it begins: it would end yesterday 09:00. Choose an end that is"),
    ],
    ids=["public before core", "planned late", "over before it begins"],
)  # fmt: skip
def test_waves_out_of_order_are_said_on_the_page_and_stay_as_they_were(
    client_of: ClientOf, owner: Member, at: datetime, public: int, planned: int, says: str
) -> None:
    offer = draft_offer(a_draft(), by=SYSTEM, at=at)
    for wave in (a_wave(at, 3, "core"), a_wave(at, public)):
        add_wave(offer, wave, by=SYSTEM, at=at)

    with clock.stopped_at(at + planned * DAY):
        answer = client_of(owner).post(f"/offers/{offer.pk}/plan")

    assert (answer.status_code, says in words_of(answer)) == (422, True)
    offer.refresh_from_db()
    opens = set(offer.waves.values_list("opens_at", flat=True))
    assert (offer.planned_at, opens) == (None, {at + 3 * DAY, at + public * DAY})


def test_whoever_is_meant_by_two_waves_is_in_the_earlier_one(owner: Member, at: datetime) -> None:
    """A segment may name customers whose tier has a wave of its own."""
    ada = of_tier("Ada Byron", "active")
    segment = save_segment(
        "Come often", {"field": "insight.tier", "is": "is", "value": "active"}, by=owner.actor,
        at=at,
    )  # fmt: skip
    refresh_segment(segment, at=at)
    core, named = a_wave(at, 0, "core"), a_wave(at, 2, name="Named", segment=segment,
                                                is_public=False)  # fmt: skip

    for opens, wave in ((3, "Named"), (1, "active")):
        offer = make_offer(at, core, named, a_wave(at, opens, "active"))
        assert Chosen.objects.get(offer=offer, customer=ada).wave.name == wave


# Margins


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"floor_percent": 101}, OfferUnclear),
        ({"floor_percent": -1001}, OfferUnclear),
        ({"floor_percent": 0, "cost_minor": 401}, BelowCost),
        ({"floor_percent": 0, "cost_minor": 400}, None),
        ({"floor_percent": 100, "cost_minor": 1}, BelowCost),
        ({"floor_percent": 100, "cost_minor": 0}, None),
        ({"price_minor": 0, "cost_minor": 1}, BelowCost),
        ({"price_minor": 0, "cost_minor": 0}, None),
        ({"percent": 100, "cost_minor": 0}, None),
    ],
    ids=str,
)  # fmt: skip
def test_a_margin_holds_from_nought_to_a_hundred_percent(
    at: datetime, over: dict[str, Any], error: type[Refusal] | None
) -> None:
    draft = a_draft(**{"price_minor": 500, "cost_minor": 300, **over})

    if error is None:
        assert draft_offer(draft, by=SYSTEM, at=at).pk
        return
    with pytest.raises(error) as no:
        draft_offer(draft, by=SYSTEM, at=at)
    assert (no.value.sentence.endswith("."), Offer.objects.exists()) == (True, False)


def test_an_offer_below_cost_says_by_how_much_and_what_to_do(
    client_of: ClientOf, owner: Member
) -> None:
    wrote = {"name": "Half off", "kind": "percent", "percent": "50", "code_kind": "personal",
             "uses": "1", "price": "4.80", "cost": "2.50"}  # fmt: skip
    here = client_of(owner)

    below = here.post("/offers/new", wrote)
    too_high = here.post("/offers/new", wrote | {"floor": "101"})

    assert (below.status_code, too_high.status_code, Offer.objects.count()) == (422, 422, 0)
    assert "They would pay £2.40, and it costs us £2.50: -4 % would be left." in words_of(below)
    assert "say that less than 0 % may be left" in words_of(below)
    assert "less than or equal to 100" in words_of(too_high)
    assert here.post("/offers/new", wrote | {"floor": "-5"}).status_code == 302


# Codes


CODES = {
    "mistyped": ("a letter is wrong, or one is missing.", "Read it once more"),
    "unknown": ("There is no such code.", "Look for the customer instead"),
    "somebody else’s": ("This code belongs to another customer.", "cannot be passed on"),
    "too early": ("Not yet: “A fifth off the rye” opens to them Fri 27 09:00.", "come again then"),
    "early for everybody": ("is not open to everybody yet.", "Look for the customer first"),
    "expired": ("“A fifth off the rye” was open to them until", "What is open to them"),
    "ended": ("“A fifth off the rye” is over.", "What is open to them"),
    "used": ("It has been used already: today 09:00 (Nora Lindqvist).", "is the same code."),
    "replaced": ("This code was replaced by a new one today 09:00.", "Ask for the new code"),
    "none left": ("Nothing is left of “A fifth off the rye”.", "offer them something else"),
}


def brought(how: str, at: datetime, owner: Member) -> tuple[dict[str, Any], datetime]:
    """What somebody at the till types, under whose name, and when."""
    ruth, ada, other = (
        of_tier(n, t) for n, t in (("R C", "core"), ("A B", "active"), ("O O", "core"))
    )
    waves = a_wave(at, 0, "core"), a_wave(at, 3, "active"), a_wave(at, 7)
    offer = make_offer(at, *waves, stock=1)
    code = code_of(offer, ada if how == "too early" else ruth)
    said: dict[str, Any] = {"code": spelled(code)}
    if how == "mistyped":
        said = {"code": spelled(code)[:-1]}
    elif how == "unknown":
        said = {"code": made_code(offer.pk, 987654, 0)}
    elif how == "somebody else’s":
        said["customer"] = other.pk
    elif how == "early for everybody":
        said = {"code": shared_code_of(offer)}
    elif how == "ended":
        end_offer(offer, by=owner.actor, at=at)
    elif how == "replaced":
        replace_code(offer, ruth, by=owner.actor, at=at)
    elif how in ("used", "none left"):
        first = code if how == "used" else code_of(offer, other)
        redeem(first, slip="first", by=owner.actor, at=at)
    return said, at + 31 * DAY if how == "expired" else at


@pytest.mark.parametrize("how", CODES)
def test_a_code_that_cannot_be_used_says_why_and_what_to_do(
    client_of: ClientOf, owner: Member, at: datetime, how: str
) -> None:
    here = client_of(owner)
    said, moment = brought(how, at, owner)
    before = Redemption.objects.count()

    with clock.stopped_at(moment):
        looked = here.post("/till/", said)
        used = here.post("/till/use", said | {"slip": "second"})

    for answer in (looked, used):
        assert (answer.status_code, [one in words_of(answer) for one in CODES[how]]) == (
            422, [True, True],
        )  # fmt: skip
    assert Redemption.objects.count() == before


def test_a_photograph_of_a_code_is_used_once_at_whichever_till(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    """Two telephones scan the same picture: both look it up, and the first that presses has it."""
    other = make_member("helper", name="Ife Bello")
    ruth = of_tier("Ruth Calloway", "core")
    code = spelled(code_of(make_offer(at), ruth))
    scanned = f"https://shop.example/till/?code={code}"
    here, there = client_of(owner), client_of(other)

    looked = [one.post("/till/", {"code": scanned}).status_code for one in (here, there)]
    first = there.post("/till/use", {"code": scanned, "slip": "one"})
    with clock.stopped_at(at + timedelta(minutes=5)):
        second = here.post("/till/use", {"code": scanned, "slip": "two"})

    assert (looked, first.status_code, second.status_code) == ([200, 200], 302, 422)
    assert "It has been used already: today 09:00 (Ife Bello)." in words_of(second)
    assert Redemption.objects.get().member == other


# Currencies


def test_the_currency_stays_once_an_offer_has_amounts_in_it(owner: Member, at: datetime) -> None:
    in_percent = draft_offer(a_draft(), by=SYSTEM, at=at)
    assert not is_currency_settled()

    for over in ({"price_minor": 500}, {"kind": "gift", "percent": None, "value_minor": 200}):
        offer = draft_offer(a_draft(**over), by=SYSTEM, at=at)
        assert is_currency_settled()
        offer.delete()
    # What customers were told stays as it is, whatever it takes off.
    Wave.objects.all().delete()
    Offer.objects.filter(pk=in_percent.pk).update(planned_at=at)

    assert is_currency_settled()
