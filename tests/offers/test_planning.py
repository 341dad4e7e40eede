"""Planning an offer: old customers first, nothing below its margin, and who is meant."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.core.errors import NotAllowed, Refusal
from regulars.offers.actions.choosing import choose, keep_offer
from regulars.offers.actions.planning import (
    add_wave,
    draft_offer,
    end_offer,
    open_again,
    plan_offer,
    put_back_to_draft,
    redraft_offer,
)
from regulars.offers.choices import CodeKind, ValueKind
from regulars.offers.codes import made_code
from regulars.offers.errors import BelowCost, OfferFixed, OfferUnclear, WaveOutOfOrder
from regulars.offers.models import Chosen, Code, Offer, Wave
from regulars.offers.queries.first import why_not
from regulars.team.models import Member
from tests.factories.offers import DAY, a_draft, a_wave, make_offer
from tests.offers.test_redeeming import of_tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"name": " "}, OfferUnclear),
        ({"percent": 0}, OfferUnclear),
        ({"percent": 101}, OfferUnclear),
        ({"kind": ValueKind.AMOUNT, "value_minor": 0}, OfferUnclear),
        ({"kind": ValueKind.AMOUNT, "value_minor": 501, "price_minor": 500, "cost_minor": 0},
         OfferUnclear),
        ({"price_minor": 500, "cost_minor": 401}, BelowCost),
        ({"price_minor": 500, "cost_minor": 301, "floor_percent": 25}, BelowCost),
        ({"percent": 100, "price_minor": 500, "cost_minor": 1}, BelowCost),
        ({"stock": 0}, OfferUnclear),
        ({"uses": 0}, OfferUnclear),
        ({"shared_words": "RYE"}, OfferUnclear),
        ({"shared_words": "FIRST! RYE?"}, OfferUnclear),
        ({"shared_words": made_code(1, 1, 0)}, OfferUnclear),
    ],
)  # fmt: skip
def test_an_offer_that_cannot_be_is_refused(
    at: datetime, over: dict[str, object], error: type[Refusal]
) -> None:
    with pytest.raises(error):
        draft_offer(a_draft(**over), by=SYSTEM, at=at)

    assert not Offer.objects.exists()


def test_below_cost_is_possible_where_somebody_said_so(at: datetime) -> None:
    draft = a_draft(price_minor=500, cost_minor=420, floor_percent=-5)

    assert draft_offer(draft, by=SYSTEM, at=at).cost_minor == 420


@pytest.mark.parametrize(
    "waves",
    [
        [(2, ("core",), 30), (1, (), 30)],
        [(1, ("core",), 30), (1, (), 30)],
        [(1, ("lapsed",), 30), (2, ("core",), 30)],
        [(0, (), 30)],
        [(0, ("active",), 30), (3, (), 30)],
        [(0, ("core",), 9), (3, (), 30)],
        [],
    ],
    ids=[
        "public before core", "public with core", "lapsed before core", "public alone",
        "public without core", "core ends first", "none",
    ],
)  # fmt: skip
def test_waves_in_which_old_customers_do_not_come_first_are_not_planned(
    at: datetime, waves: list[tuple[float, tuple[str, ...], float]]
) -> None:
    offer = draft_offer(a_draft(), by=SYSTEM, at=at)
    for opens, tiers, closes in waves:
        add_wave(offer, a_wave(at, opens, *tiers, closes=closes), by=SYSTEM, at=at)

    with pytest.raises(WaveOutOfOrder):
        plan_offer(offer, by=SYSTEM, at=at)

    offer.refresh_from_db()
    assert offer.planned_at is None


def test_a_wave_in_the_past_backwards_twice_or_for_nobody_is_refused(at: datetime) -> None:
    offer = draft_offer(a_draft(), by=SYSTEM, at=at)
    add_wave(offer, a_wave(at, 1, "core"), by=SYSTEM, at=at)

    for draft in (
        a_wave(at, -1, "active"), a_wave(at, 5, "active", closes=4), a_wave(at, 2, "core"),
    ):  # fmt: skip
        with pytest.raises(WaveOutOfOrder):
            add_wave(offer, draft, by=SYSTEM, at=at)
    for draft in (a_wave(at, 2, is_public=False), a_wave(at, 2, "active", held_back=1)):
        with pytest.raises(OfferUnclear):
            add_wave(offer, draft, by=SYSTEM, at=at)

    assert offer.waves.count() == 1


def test_each_customer_is_in_the_earliest_wave_that_means_them(at: datetime) -> None:
    ruth, ada, old = (
        of_tier(n, t) for n, t in (("R C", "core"), ("A B", "active"), ("O O", "lost"))
    )

    offer = make_offer(at, a_wave(at, 0, "core"), a_wave(at, 1, "active", "new"), a_wave(at, 7))

    found = Chosen.objects.values_list("customer", "wave__name")
    assert sorted(found) == [(ruth.pk, "core"), (ada.pk, "active, new")]
    assert set(Code.objects.values_list("customer", flat=True)) == {ruth.pk, ada.pk, None}
    assert "in none of its waves" in why_not(offer, old, at)[1]


def test_waves_by_tier_go_through_the_list_once_together(at: datetime) -> None:
    for name, tier in (("R C", "core"), ("A B", "active"), ("S O", "slipping")):
        of_tier(name, tier)
    drafts = a_wave(at, 0, "core"), a_wave(at, 1, "active", "new"), a_wave(at, 2, "slipping")
    offer = make_offer(at, *drafts, is_kept=False)

    with CaptureQueriesContext(connection) as asked:
        assert keep_offer(offer, at=at) == 3

    written = [one["sql"] for one in asked if "INSERT INTO offers_chosen" in one["sql"]]
    assert len(written) == 1
    assert list(offer.waves.order_by("opens_at").values_list("chosen_count", flat=True)) == [1] * 3


def test_whoever_becomes_core_comes_forward_into_a_live_wave_and_not_into_a_frozen_one(
    at: datetime,
) -> None:
    ada = of_tier("Ada Byron", "active")
    live = make_offer(at, a_wave(at, 0, "core", is_live=True), a_wave(at, 5, "active"))
    frozen = make_offer(at, a_wave(at, 0, "core"), a_wave(at, 5, "active"))
    ada.facts.tier = "core"
    ada.facts.save()

    for offer in (live, frozen):
        keep_offer(offer, at=at + DAY)

    waves = dict(Chosen.objects.values_list("offer", "wave__name"))
    assert waves == {live.pk: "core", frozen.pk: "active"}
    core = Wave.objects.get(offer=live, name="core")
    assert choose([core], at=at + 2 * DAY) == {core.pk: 1}


def test_what_is_planned_stays_and_goes_back_only_before_it_opens(
    at: datetime, owner: Member
) -> None:
    offer = make_offer(at, a_wave(at, 1, "core"))

    with pytest.raises(OfferFixed):
        redraft_offer(offer, a_draft(percent=10), by=owner.actor, at=at)
    assert redraft_offer(offer, a_draft(words="Still warm"), by=owner.actor, at=at).words
    with pytest.raises(OfferFixed):
        put_back_to_draft(offer, by=owner.actor, at=at + DAY)
    assert put_back_to_draft(offer, by=owner.actor, at=at).planned_at is None
    assert not Chosen.objects.exists()


def test_two_offers_never_have_the_same_words(at: datetime) -> None:
    first = make_offer(at, code_kind=CodeKind.SHARED, shared_words=" first  rye ")

    with pytest.raises(OfferUnclear, match="FIRST-RYE” is the code of"):
        make_offer(at, code_kind=CodeKind.SHARED, shared_words="First-Rye")

    assert (first.shared_words, Offer.objects.planned().count()) == ("FIRST RYE", 1)


def test_an_end_can_be_undone(at: datetime, owner: Member) -> None:
    ruth = of_tier("Ruth Calloway", "core")
    offer = make_offer(at)

    end_offer(offer, by=owner.actor, at=at + DAY)
    assert not Offer.objects.visible_to(ruth, at + DAY).exists()
    open_again(offer, ended_at=at + DAY, by=owner.actor, at=at + DAY)

    assert Offer.objects.visible_to(ruth, at + DAY).get() == offer


def test_only_owners_and_managers_plan(at: datetime, helper: Member) -> None:
    with pytest.raises(NotAllowed):
        draft_offer(a_draft(), by=helper.actor, at=at)
