from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from regulars.bulletins.actions.asking import note_question, put_aside, take_question
from regulars.bulletins.asked import groups_of
from regulars.bulletins.models import Question, Version
from regulars.core.actor import SYSTEM
from regulars.core.errors import NotAllowed
from regulars.team.models import Member
from tests.factories.bulletins import make_bulletin, make_version
from tests.factories.customers import make_customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]
SignIn = Callable[[Member], Client]


def test_those_alike_stand_together_and_the_most_asked_first(at: datetime) -> None:
    bulletin = make_bulletin(at)
    for words in (
        "Do you deliver?", "When is seeded rye back?", "When will seeded rye be back?",
        "when is the seeded rye back",
    ):  # fmt: skip
        note_question(bulletin, words, by=SYSTEM, at=at)

    groups = groups_of(list(Question.objects.all()))

    assert [(group.words, group.count) for group in groups] == [
        ("When is seeded rye back?", 3), ("Do you deliver?", 1),
    ]  # fmt: skip


def test_what_was_asked_becomes_a_line_or_is_answered_by_the_next_version(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    bulletin, browser = make_bulletin(at), client_of(owner)
    make_version(bulletin, at)
    address = f"/bulletins/{bulletin.pk}"
    for words in ("Do you deliver?", "Is there parking?"):
        browser.post(f"{address}/questions", {"words": words})
    deliver, parking = Question.objects.order_by("pk")
    sheet = {
        "en-known": "We open.", "en-not_known": "When.", "en-doing": "", "seen_number": "1",
        "next_update_by": "2026-11-26T17:00", "not_known": [deliver.pk], "answers": [parking.pk],
    }  # fmt: skip

    looked = browser.post(f"{address}/write", sheet, follow=True)
    browser.post(f"{address}/publish", {"seal": looked.context["seal"]})

    parking.refresh_from_db()
    newest = Version.objects.get(number=2)
    assert newest.texts["en"]["not_known"] == "When.\nDo you deliver?"
    assert parking.answered_in == newest
    assert [one.words for one in Question.objects.filter(answered_in=None)] == ["Do you deliver?"]


def test_anybody_asks_by_the_public_page_and_too_much_from_one_place_is_not_kept(
    client: Client, at: datetime
) -> None:
    bulletin = make_bulletin(at)
    make_version(bulletin, at)
    address = f"/ask/{bulletin.slug}"

    empty = client.post(address, {"words": " "})
    trapped = client.post(address, {"words": "Buy pills", "website": "x"})
    said = [client.post(address, {"words": f"Question {n}?"}) for n in range(7)]

    assert (client.get(address).status_code, empty.status_code) == (200, 422)
    assert {one.text for one in (*said, trapped)} == {said[0].text}
    assert Question.objects.count() == 5
    assert client.get("/ask/no-such-bulletin").status_code == 410


def test_viewers_note_nothing(viewer: Member, at: datetime) -> None:
    bulletin = make_bulletin(at)

    with pytest.raises(NotAllowed):
        note_question(bulletin, "Really?", by=viewer.actor, at=at)


def test_what_is_put_aside_waits_no_more(at: datetime) -> None:
    bulletin = make_bulletin(at)
    question = take_question(bulletin, "Really?", asked_from_ip="192.0.2.1", at=at)
    assert question is not None

    assert put_aside(bulletin, [question.pk], by=SYSTEM, at=at) == 1
    assert put_aside(bulletin, [question.pk], by=SYSTEM, at=at) == 0


def test_what_a_customer_asks_is_noted_from_their_page(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    ruth, browser, bulletin = make_customer("Ruth Calloway"), client_of(owner), make_bulletin(at)
    before = browser.get(f"/customers/{ruth.pk}/")
    make_version(bulletin, at)

    page = browser.get(f"/customers/{ruth.pk}/")
    browser.post(
        f"/bulletins/{bulletin.pk}/questions", {"words": "Is it open?", "customer": ruth.pk}
    )

    assert "What they ask" not in before.text
    assert f'action="/bulletins/{bulletin.pk}/questions"' in page.text
    assert Question.objects.get().customer == ruth
