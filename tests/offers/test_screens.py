"""Offers on the screen: from an idea to a code that was used at the till."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.offers.actions.choosing import keep_offer
from regulars.offers.actions.planning import draft_offer
from regulars.offers.actions.redeeming import redeem
from regulars.offers.models import Offer, Redemption
from regulars.team.models import Member
from tests.factories.offers import a_draft, a_wave, make_offer
from tests.offers.test_redeeming import code_of, of_tier

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]


def test_from_an_idea_to_a_code_that_was_used(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, ruth = client_of(owner), of_tier("Ruth Calloway", "core")
    wrote = {"name": "A fifth off", "kind": "percent", "percent": "20", "code_kind": "personal",
             "uses": "1"}  # fmt: skip
    wave = {"name": "Core customers", "whom": "tiers", "tiers": ["core"],
            "closes_at": "2026-12-24T18:00"}  # fmt: skip

    assert here.post("/offers/new", wrote).status_code == 302
    offer = Offer.objects.get()
    assert here.post(f"/offers/{offer.pk}/waves/new", wave).status_code == 302
    assert here.post(f"/offers/{offer.pk}/plan").status_code == 302
    keep_offer(offer, at=at)
    code = code_of(offer, ruth)
    looked = here.post("/till/", {"code": code}).content.decode()
    slip = re.findall(r'name="slip" value="([^"]+)"', looked)[0]
    used = here.post("/till/use", {"code": code, "slip": slip})

    assert "Ruth Calloway" in looked
    assert (used.status_code, Redemption.objects.get().customer) == (302, ruth)
    again = here.post("/till/", {"code": code})
    assert (again.status_code, "used already" in again.content.decode()) == (422, True)
    for path in ("", f"{offer.pk}/", f"{offer.pk}/first?who=Ruth", f"{offer.pk}/preview",
                 f"{offer.pk}/change"):  # fmt: skip
        assert here.get(f"/offers/{path}").status_code == 200
    assert code not in here.get(f"/offers/{offer.pk}/preview").content.decode()
    # The line of time has a depth, so that it is seen.
    assert 'viewBox="0 0 100 2"' in here.get(f"/offers/{offer.pk}/").content.decode()


def test_shared_words_are_on_the_form_of_a_draft_and_stay_once_it_is_planned(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    draft = draft_offer(a_draft(shared_words="Draft Rye"), by=owner.actor, at=at)
    planned = make_offer(at, a_wave(at, 2, "core"), code_kind="shared", shared_words="First Rye")
    mended = {"name": planned.name, "kind": "percent", "percent": "20", "code_kind": "shared",
              "uses": "1", "words": "Still warm"}  # fmt: skip

    early = here.get(f"/offers/{planned.pk}/change").content.decode()
    kept = here.post(f"/offers/{planned.pk}/change", mended | {"shared_words": "Other"})

    assert "DRAFT RYE" in here.get(f"/offers/{draft.pk}/change").content.decode()
    assert ("FIRST RYE" in early, kept.status_code) == (False, 302)
    planned.refresh_from_db()
    assert (planned.words, planned.shared_words) == ("Still warm", "FIRST RYE")


def test_the_list_asks_the_same_for_one_as_for_three(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, counts = client_of(owner), []
    here.get("/offers/")
    for more in (1, 2):
        for _turn in range(more):
            make_offer(at, is_kept=False)
        with CaptureQueriesContext(connection) as seen:
            here.get("/offers/")
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_what_was_given_away_is_said_or_that_it_cannot_be_told(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    ruth, ada = of_tier("Ruth Calloway", "core"), of_tier("Ada Byron", "core")
    waves = (a_wave(at, 0, "core", extra="A coffee", extra_cost_minor=60), a_wave(at, 7))
    dear = make_offer(at, *waves, price_minor=483)
    share, gift = make_offer(at), make_offer(at, kind="gift", percent=None)
    for offer in (dear, share, gift):
        for who in (ruth, ada):
            redeem(code_of(offer, who), slip=f"{offer.pk} {who.pk}", by=owner.actor, at=at)
    here = client_of(owner)

    said = [here.get(f"/offers/{one.pk}/").content.decode() for one in (dear, share, gift)]

    # A fifth of 4.83 is 97 pence as a till rounds, and the coffee beside it; twice.
    assert "£3.14" in said[0]
    assert "Cannot be told: it takes a share of a price" in said[1]
    assert "Cannot be told: what the gift is worth" in said[2]
    assert "Given away so far" not in here.get(f"/offers/{make_offer(at).pk}/").content.decode()
