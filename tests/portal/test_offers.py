"""The page of somebody's own offers: what is open to them and no more, and nothing for robots."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.consent.actions import void_links
from regulars.core import clock
from regulars.core.actor import COMMAND, SYSTEM
from regulars.offers.actions.redeeming import redeem
from regulars.offers.codes import check_letter, spelled, typed
from regulars.offers.qr import scanned
from tests.factories.instance import all_rows
from tests.factories.offers import DAY, a_wave, make_offer
from tests.factories.portal import HOME, link_to, make_ruth, prove_address
from tests.offers.test_redeeming import code_of, of_tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def test_looking_says_nothing_and_pressing_shows_what_is_open(at: datetime) -> None:
    ruth, ada = of_tier("Ruth Calloway", "core"), of_tier("Ada Byron", "active")
    offer = make_offer(at, a_wave(at, 0, "core"), a_wave(at, 3, "active"), words="Still <warm>")
    path, hers, before = link_to("offers", ruth, at), link_to("offers", ada, at), all_rows()

    looked = [ask(path) for ask in (Client().get, Client().head)]
    shown = Client().post(path).content.decode()
    early = Client().post(hers).content.decode()
    with clock.stopped_at(at + 3 * DAY):
        later = Client().post(hers).content.decode()

    assert [one.status_code for one in looked] == [200, 200]
    assert [word for word in ("rye", "Ruth") if word in looked[0].content.decode()] == []
    assert spelled(code_of(offer, ruth)) in shown
    assert "Still &lt;warm&gt;" in shown
    assert ("rye" in early, spelled(code_of(offer, ada)) in early) == (False, False)
    assert spelled(code_of(offer, ada)) in later
    assert all_rows() == before
    assert len(shown) < 20_000


def test_what_was_used_shows_no_code_any_more(at: datetime) -> None:
    ruth = of_tier("Ruth Calloway", "core")
    code = code_of(make_offer(at), ruth)
    redeem(code, slip="one", by=COMMAND, at=at)

    shown = Client().post(link_to("offers", ruth, at)).content.decode()

    assert ("You have used it" in shown, spelled(code) in shown) == (True, False)


def test_a_link_that_is_old_void_or_forged_opens_nothing(at: datetime) -> None:
    ruth = of_tier("Ruth Calloway", "core")
    make_offer(at)
    good = link_to("offers", ruth, at)
    wrong = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "/o" + link_to("help", ruth, at)[2:],
        link_to("offers", ruth, at - timedelta(days=91)),
    ]

    said = [Client().post(path).status_code for path in wrong]
    void_links(ruth, by=SYSTEM, at=at)
    said.append(Client().post(good).status_code)

    assert said == [410] * 4


def test_the_same_page_stands_beside_their_others(at: datetime) -> None:
    ruth = make_ruth()
    here = Client()

    assert here.get("/p/offers").status_code == 410
    here.post(link_to("preferences", ruth, at))
    shown = here.get("/p/offers").content.decode()

    assert "Nothing is open to you just now" in shown
    assert 'href="/p/offers"' in here.get("/p/").content.decode()


def test_it_asks_the_same_for_one_as_for_three(at: datetime) -> None:
    ruth, counts = of_tier("Ruth Calloway", "core"), []
    for more in (1, 2):
        for _turn in range(more):
            make_offer(at)
        path = link_to("offers", ruth, at)
        Client().post(path)
        with CaptureQueriesContext(connection) as seen:
            Client().post(path)
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_a_picture_holds_the_address_of_the_till_where_there_is_one(
    at: datetime, settings: Any
) -> None:
    code = "K7QMP2XR9T" + check_letter("K7QMP2XR9T")
    before = scanned(code)
    prove_address(settings, at)

    assert before == code
    assert scanned(code) == f"{HOME}/till/?code=K7QM-P2XR-9T{code[-1]}"


def test_words_of_a_shared_code_stand_in_an_address_without_spaces(
    at: datetime, settings: Any
) -> None:
    prove_address(settings, at)

    address = scanned("FIRST RYE")

    assert address == f"{HOME}/till/?code=FIRST-RYE"
    assert typed(address) == typed("FIRST RYE")
