"""Letters to a wave: who gets one, a code with its picture on each, and that they are posted."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.consent.choices import Decision
from regulars.conversations.models import Touch
from regulars.core import clock
from regulars.core.reasons import ReasonDay
from regulars.core.typesetting import typeset
from regulars.customers.models import Customer
from regulars.messaging.audiences import audiences
from regulars.messaging.models import Standing
from regulars.offers import letters as making
from regulars.offers.actions.posting import note_posted
from regulars.offers.actions.redeeming import redeem
from regulars.offers.actions.telling import tell_wave
from regulars.offers.codes import spelled
from regulars.offers.models import Chosen
from regulars.offers.queries.first import why_not
from regulars.offers.queries.letters import in_post, letters_of
from regulars.offers.queries.offers import uptake_of
from regulars.offers.queries.told import Posted, posted_by_wave
from regulars.offers.reasons import early_access
from regulars.team.models import Member
from tests.factories.consent import make_decision
from tests.factories.customers import make_point
from tests.factories.offers import a_wave, make_offer
from tests.offers.test_redeeming import code_of, of_tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
ClientOf = Callable[[Member], Client]
HOUR = timedelta(hours=1)


def words_of(here: Client, path: str) -> str:
    """What stands on a page, without its tags."""
    return " ".join(re.sub("<[^>]+>", " ", here.get(path).content.decode()).split())


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


def test_a_posted_letter_is_a_telling_with_its_day(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    ruth, ada = by_post("Ruth Calloway"), by_post("Ada Byron")
    offer = make_offer(at, a_wave(at, 0, "core"), a_wave(at, 2, "active"), a_wave(at, 7))
    core, later, public = offer.waves.order_by("opens_at")
    here, body = client_of(owner), "{{ offer_code }}"
    assert "Neither a mailing nor a letter told them of it." in why_not(offer, ruth, at)

    note_posted(core, [ruth.pk], by=owner.actor, at=at + HOUR)
    with clock.stopped_at(at + 2 * HOUR):
        first = words_of(here, f"/offers/{offer.pk}/first")
        page = words_of(here, f"/offers/{offer.pk}/")
        letters = words_of(here, f"/offers/waves/{core.pk}/letters")
        telling = words_of(here, f"/offers/waves/{core.pk}/tell")
        why = why_not(offer, ruth, at + 2 * HOUR)

    told = [one.posted for one in uptake_of(offer)]
    assert told == [Posted(1, at + HOUR), None, None]
    assert "1 letter posted, today 10:00" in first
    assert ("1 letter posted" in page, page.count("Letters …")) == (True, 1)
    assert "A letter that tells them of it was put in the post today 10:00." in why
    assert ("Ruth Calloway" in letters, "The last one was not posted" in letters) == (True, True)
    assert "1 of them has a letter in the post" in telling
    # Nobody hears of it twice: by e-mail, or by a call on the day's list.
    mailing = tell_wave(core, subject="Yours", body=body, by=owner.actor, at=at + 2 * HOUR)
    assert list(audiences[mailing.audience].customers(mailing.definition)) == [ada]
    due = early_access(ReasonDay(at.date(), UTC))  # type: ignore[arg-type]
    assert [row["customer_id"] for row in due] == [ada.pk]
    assert (later.chosen_count, public.is_public) == (0, True)


def test_letters_taken_back_told_nobody_and_only_once(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    ruth, ada = by_post("Ruth Calloway"), by_post("Ada Byron")
    wave = make_offer(at).waves.order_by("opens_at")[0]
    for moment, who in ((at, [ada.pk]), (at + HOUR, [ruth.pk])):
        note_posted(wave, who, by=owner.actor, at=moment)
    here, last = client_of(owner), in_post(wave, owner.actor)

    path = f"/offers/waves/{wave.pk}/not-posted/{last.last_stamp}"
    answers = [here.post(path).status_code for _twice in range(2)]

    assert ([one.customer for one in last.rows], last.count, last.last_count) == ([ruth, ada], 2, 1)
    assert answers == [302, 422]
    assert posted_by_wave(wave.offer) == {wave.pk: Posted(1, at)}
    assert "Neither a mailing nor a letter told them of it." in why_not(wave.offer, ruth, at)
    # She waits for one again; what served her before was told by the test, and counts anew.
    assert letters_of(wave, owner.actor, at + HOUR).kept_back == [("serve first", 1)]


def test_the_page_asks_the_same_for_one_letter_as_for_three(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    here, counts, posted = client_of(owner), [], [by_post("Posted First")]
    by_post("Ruth Calloway")
    for count in (1, 3):
        wave = make_offer(at).waves.order_by("opens_at")[0]
        note_posted(wave, [one.pk for one in posted], by=owner.actor, at=at)
        here.get(f"/offers/waves/{wave.pk}/letters")
        with CaptureQueriesContext(connection) as seen:
            page = here.get(f"/offers/waves/{wave.pk}/letters")
        counts.append(len(seen))
        assert len(page.context["found"].customers) == count
        assert len(page.context["in_post"].rows) == len(posted)
        by_post("Ada Byron")
        by_post("Grace Hopper")
        posted.append(by_post("Posted Next"))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("piece", [1, 2, 1_000])
def test_more_than_are_printed_at_a_time_stand_in_one_order_everywhere(
    owner: Member, at: datetime, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page, and the sheets that are printed from it, name the same."""
    monkeypatch.setattr("regulars.offers.queries.letters.FIRST_PIECE", piece)
    no = by_post("Said No")
    people = [by_post(name) for name in ("Zoe Adams", "Ruth Calloway", "Ada Byron")]
    make_decision(no, "letter", Decision.WITHDRAWN)
    wave = make_offer(at).waves.order_by("opens_at")[0]

    two = letters_of(wave, owner.actor, at, most=2)
    three = letters_of(wave, owner.actor, at, most=3)

    # By their number, shown by their name.
    assert (two.customers, two.is_cut) == ([people[0], people[1]], True)
    assert (set(three.customers), three.is_cut) == (set(people), False)
    assert three.kept_back == [("said no", 1)]


def test_a_helper_posts_nothing(at: datetime, client_of: ClientOf, helper: Member) -> None:
    wave = make_offer(at).waves.order_by("opens_at")[0]

    assert client_of(helper).get(f"/offers/waves/{wave.pk}/letters").status_code == 403
    assert client_of(helper).post(f"/offers/waves/{wave.pk}/posted").status_code == 403
