"""The page of two taps: who may answer, how often, and for how long."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.care.actions.expectations import MOST_PRODUCTS
from regulars.care.models import Expectation
from regulars.consent.actions import void_links
from regulars.core import clock
from regulars.core.actor import SYSTEM
from regulars.customers.actions.leaving import erase_customer
from regulars.customers.actions.merging import merge_customers
from regulars.team.models import Business, Member
from tests.factories.customers import make_customer
from tests.factories.instance import all_rows
from tests.factories.portal import link_to, make_ruth

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def test_looking_shows_the_question_and_nothing_of_anybody(at: datetime) -> None:
    path = link_to("expectations", make_ruth(), at)
    before = all_rows()

    answers = [ask(path) for ask in (Client().get, Client().head, Client().get)]

    page = answers[0].content.decode()
    assert [one.status_code for one in answers] == [200] * 3
    assert page.count('type="radio"') == 7
    assert [word for word in ("Ruth", "Calloway", "mail.example") if word in page] == []
    assert answers[0]["Cache-Control"] == "no-store"
    assert len(answers[0].content) < 10_000
    assert all_rows() == before


def test_one_tap_and_send_and_the_same_link_changes_the_answer(at: datetime) -> None:
    ruth = make_ruth()
    path = link_to("expectations", ruth, at)

    first = Client().post(path, {"what": "hours"})
    again = Client().post(path, {"what": "other", "words": "A ramp at the door"})
    with clock.stopped_at(at + timedelta(hours=1)):
        another = link_to("expectations", ruth, at + timedelta(hours=1))
        Client().post(another, {"what": "price"})

    assert "Written down: Opening hours." in first.content.decode()
    assert again.status_code == 200
    rows = Expectation.objects.order_by("pk").values_list("what", "words", "source", "is_current")
    assert list(rows) == [
        ("other", "A ramp at the door", "link", False), ("price", "", "link", True),
    ]  # fmt: skip


def test_one_thing_that_they_buy_has_an_answer_of_its_own(at: datetime) -> None:
    path = link_to("expectations", make_ruth(), at)

    for given in (
        {"what": "hours"},
        {"what": "price", "product": "Rye"},
        {"what": "safety", "product": " RYE\0 ", "words": "<script>alert(1)</script>"},
        {"what": "delivery", "product": "x" * 1_000_000},
    ):
        assert Client().post(path, given).status_code == 200

    rows = Expectation.objects.order_by("pk").values_list("what", "product", "is_current")
    assert list(rows) == [
        ("hours", "", True), ("safety", "RYE", True), ("delivery", "x" * 100, True),
    ]  # fmt: skip
    loaves = ({"what": "price", "product": f"Loaf {nth}"} for nth in range(MOST_PRODUCTS))
    last = [Client().post(path, given) for given in loaves][-1]
    assert (last.status_code, last.content.count(b'role="alert"')) == (422, 1)
    assert Expectation.objects.current_of_products().count() == MOST_PRODUCTS


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"what": "gold"}, id="nonsense"),
        pytest.param({"what": "other", "words": " "}, id="other without words"),
    ],
)
def test_what_is_not_an_answer_is_asked_again(at: datetime, given: dict[str, str]) -> None:
    answer = Client().post(link_to("expectations", make_ruth(), at), given)

    assert answer.status_code == 422
    assert Expectation.objects.count() == 0


def test_a_link_that_is_forged_old_void_or_of_somebody_gone_opens_nothing(
    owner: Member, at: datetime
) -> None:
    ruth, jo = make_ruth(), make_customer("Jo March")
    good = link_to("expectations", ruth, at)
    of_jo = link_to("expectations", jo, at)
    wrong = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "/e" + link_to("preferences", ruth, at)[2:],
        "/e/short",
        link_to("expectations", ruth, at - timedelta(days=30)),
    ]

    said = [Client().post(path, {"what": "hours"}).status_code for path in wrong]
    erase_customer(jo, by=owner.actor, at=at)
    said.append(Client().post(of_jo, {"what": "hours"}).status_code)
    void_links(ruth, by=SYSTEM, at=at)
    said.append(Client().post(good, {"what": "hours"}).status_code)

    assert said == [410] * 6
    assert Expectation.objects.count() == 0


def test_the_link_of_whoever_was_merged_answers_for_who_they_are(
    business: Business, at: datetime
) -> None:
    ruth, twin = make_ruth(), make_customer("R. Calloway")
    path = link_to("expectations", twin, at)
    merge_customers(ruth, twin, by=SYSTEM, at=at)

    Client().post(path, {"what": "safety"})

    assert Expectation.objects.get().customer == ruth
