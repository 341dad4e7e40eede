"""The page that asks how we can help: who may answer, how often, and for how long."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.consent.actions import void_links
from regulars.core.actor import SYSTEM
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.merging import merge_customers
from regulars.customers.models import Interest
from regulars.helping.models import HelpRequest
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.instance import all_rows
from tests.factories.portal import link_to, make_ruth

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def test_looking_shows_the_question_and_nothing_of_anybody(at: datetime) -> None:
    path = link_to("help", make_ruth(), at)
    before = all_rows()

    answers = [ask(path) for ask in (Client().get, Client().head, Client().get)]

    page = answers[0].content.decode()
    assert [one.status_code for one in answers] == [200] * 3
    assert page.count('type="radio"') == 5
    assert [word for word in ("Ruth", "Calloway", "mail.example") if word in page] == []
    assert answers[0]["Cache-Control"] == "no-store"
    assert len(answers[0].content) < 10_000
    assert all_rows() == before


def test_nothing_now_is_an_answer_that_the_same_link_changes(at: datetime) -> None:
    path = link_to("help", make_ruth(), at)

    first = Client().post(path, {"what": "nothing"})
    again = Client().post(path, {"what": "visit", "words": "<b>Ring</b> twice"})
    other = Client().post(path, {"what": "choosing"})

    assert "you need nothing now" in first.content.decode()
    assert "It is with us" in again.content.decode()
    assert other.status_code == 200
    rows = HelpRequest.objects.values_list("topic", "words", "state", "source")
    assert list(rows) == [("Choosing what fits", "", "open", "link")]
    assert [one.topic for one in Interest.objects.all()] == ["Choosing what fits"]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="nothing chosen"),
        pytest.param({"what": "gold"}, id="nonsense"),
        pytest.param({"what": "other", "words": " "}, id="other without words"),
    ],
)
def test_what_is_not_an_answer_is_asked_again(at: datetime, given: dict[str, str]) -> None:
    answer = Client().post(link_to("help", make_ruth(), at), given)

    assert answer.status_code == 422
    assert HelpRequest.objects.count() == 0


def test_long_words_are_cut_and_tags_are_only_text(at: datetime) -> None:
    path = link_to("help", make_ruth(), at)

    Client().post(path, {"what": "other", "words": "<script>" + "x" * 100_000})
    wrong = Client().post(path, {"what": "gold", "words": "</textarea><script>"})

    assert len(HelpRequest.objects.get().words) == 2000
    assert "<script" not in wrong.content.decode()


def test_a_link_that_is_forged_old_void_or_of_somebody_gone_opens_nothing(
    owner: Member, at: datetime
) -> None:
    ruth, jo = make_ruth(), make_customer("Jo March")
    good = link_to("help", ruth, at)
    of_jo = link_to("help", jo, at)
    wrong = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "/h" + link_to("preferences", ruth, at)[2:],
        link_to("help", ruth, at - timedelta(days=30)),
    ]

    said = [Client().post(path, {"what": "nothing"}).status_code for path in wrong]
    erase_customer(jo, by=owner.actor, at=at)
    said.append(Client().post(of_jo, {"what": "nothing"}).status_code)
    void_links(ruth, by=SYSTEM, at=at)
    said.append(Client().post(good, {"what": "nothing"}).status_code)

    assert said == [410] * 5
    assert HelpRequest.objects.count() == 0


def test_the_link_of_whoever_was_merged_answers_for_who_they_are(at: datetime) -> None:
    ruth, twin = make_ruth(), make_customer("R. Calloway")
    path = link_to("help", twin, at)
    merge_customers(ruth, twin, by=SYSTEM, at=at)

    Client().post(path, {"what": "using"})

    assert HelpRequest.objects.get().customer == ruth
