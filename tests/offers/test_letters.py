"""Letters to a wave: who gets one, a code with its picture on each, and that they are posted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.consent.choices import Decision
from regulars.conversations.models import Touch
from regulars.core.typesetting import typeset
from regulars.customers.models import Customer
from regulars.messaging.models import Standing
from regulars.offers import letters as making
from regulars.offers.actions.redeeming import redeem
from regulars.offers.codes import spelled
from regulars.offers.models import Chosen
from regulars.offers.queries.letters import letters_of
from regulars.team.models import Member
from tests.factories.consent import make_decision
from tests.factories.customers import make_point
from tests.factories.offers import a_wave, make_offer
from tests.offers.test_redeeming import code_of, of_tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]


def by_post(name: str, tier: str = "core", *, lives: bool = True) -> Customer:
    """Somebody with an address who may get letters that sell."""
    customer = of_tier(name, tier)
    if lives:
        make_point(customer, "address", "1 Mill Lane", street="1 Mill Lane", postcode="AM4",
                   city="Bath")  # fmt: skip
    make_decision(customer, "letter", purpose="sell")
    Standing.objects.create(customer=customer, balance=9)
    return customer


def test_whoever_nothing_tells_and_who_gets_letters_stands_there(
    owner: Member, at: datetime
) -> None:
    ruth, used = by_post("Ruth Calloway"), by_post("Used Already")
    by_post("Without Address", lives=False)
    make_decision(by_post("Said No"), "letter", Decision.WITHDRAWN)
    active = by_post("Ada Byron", "active")
    offer = make_offer(at, a_wave(at, 0, "core"), a_wave(at, 3, "active"), a_wave(at, 7))
    core, later, public = offer.waves.order_by("opens_at")
    redeem(code_of(offer, used), slip="one", by=owner.actor, at=at)

    found = letters_of(core, owner.actor, at)
    assert (found.customers, found.kept_back) == ([ruth], [("said no", 1)])
    # Nobody is told before their wave, and of everybody's wave nobody is named.
    assert letters_of(later, owner.actor, at).customers == []
    assert letters_of(public, owner.actor, at + timedelta(days=8)).customers == []
    assert letters_of(later, owner.actor, at + timedelta(days=4)).customers == [active]


def test_a_letter_carries_its_code_and_the_picture_of_it(
    owner: Member, client_of: ClientOf, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ruth = by_post("Ruth Calloway")
    offer = make_offer(at, terms="One loaf each.")
    wave = offer.waves.order_by("opens_at")[0]
    told: list[Any] = []

    def keep(template: str, values: Any) -> bytes:
        told.append(values)
        return typeset(template, values)

    monkeypatch.setattr(making, "typeset", keep)
    answer = client_of(owner).get(f"/offers/waves/{wave.pk}/letters.pdf")

    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]
    [letter] = told[0]["letters"]
    assert letter["to"] == ["Ruth Calloway", "1 Mill Lane", "AM4 Bath"]
    assert letter["code"] == spelled(code_of(offer, ruth))
    assert letter["picture"].startswith("<svg")
    assert "It is open to you before it opens to everybody." in told[0]["paragraphs"]
    assert told[0]["terms"] == "One loaf each."


def test_posted_letters_are_touches_and_can_be_taken_back(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    ruth = by_post("Ruth Calloway")
    offer = make_offer(at)
    wave = offer.waves.order_by("opens_at")[0]
    here, page = client_of(owner), f"/offers/waves/{wave.pk}/letters"
    assert "Print 1 letter" in here.get(page).content.decode()
    assert "Letters …" in here.get(f"/offers/{offer.pk}/").content.decode()

    for _twice in range(2):
        here.post(f"/offers/waves/{wave.pk}/posted", {"customer": [ruth.pk]})
    after = here.get(page).content.decode()
    touch = Touch.objects.standing().get()
    stamp = int(touch.happened_at.timestamp())
    here.post(f"/offers/waves/{wave.pk}/not-posted/{stamp}")

    assert (touch.customer, touch.channel, touch.purpose) == (ruth, "letter", "sell")
    assert "1 letter of this wave is in the post." in after
    assert "Nobody waits for a letter" in after
    assert (Touch.objects.standing().count(), Chosen.objects.get().posted_at) == (0, None)


def test_the_page_asks_the_same_for_one_letter_as_for_three(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    here, counts = client_of(owner), []
    by_post("Ruth Calloway")
    for count in (1, 3):
        wave = make_offer(at).waves.order_by("opens_at")[0]
        here.get(f"/offers/waves/{wave.pk}/letters")
        with CaptureQueriesContext(connection) as seen:
            page = here.get(f"/offers/waves/{wave.pk}/letters")
        counts.append(len(seen))
        assert len(page.context["found"].customers) == count
        by_post("Ada Byron")
        by_post("Grace Hopper")

    assert counts[0] == counts[1]


def test_a_helper_posts_nothing(at: datetime, client_of: ClientOf, helper: Member) -> None:
    wave = make_offer(at).waves.order_by("opens_at")[0]

    assert client_of(helper).get(f"/offers/waves/{wave.pk}/letters").status_code == 403
    assert client_of(helper).post(f"/offers/waves/{wave.pk}/posted").status_code == 403
