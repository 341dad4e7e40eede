"""The page that asks what keeps somebody away: who may answer, how often, and what is kept."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from regulars.consent.actions import void_links
from regulars.consent.choices import Channel
from regulars.consent.models import ConsentState
from regulars.core.actor import SYSTEM
from regulars.customers.actions.merging import merge_customers
from regulars.departures.models import Departure
from tests.factories.customers import make_customer
from tests.factories.departures import make_departure
from tests.factories.instance import all_rows
from tests.factories.portal import link_to, make_ruth

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def _said() -> list[tuple[str, str, str, str]]:
    rows = Departure.objects.order_by("pk")
    return list(rows.values_list("reason", "said_by", "words", "state"))


def test_looking_shows_the_question_and_nothing_of_anybody(at: datetime) -> None:
    path = link_to("why", make_ruth(), at)
    before = all_rows()

    answers = [ask(path) for ask in (Client().get, Client().head, Client().get)]

    page = answers[0].content.decode()
    assert [one.status_code for one in answers] == [200] * 3
    assert page.count('type="radio"') == 8
    assert [word for word in ("Ruth", "Calloway", "mail.example") if word in page] == []
    assert answers[0]["Cache-Control"] == "no-store"
    assert all_rows() == before


def test_one_tap_and_send_keeps_why_and_the_same_link_changes_it(at: datetime) -> None:
    path = link_to("why", make_ruth(), at)

    first = Client().post(path, {"what": "price", "words": "<b>Bread</b>"})
    Client().post(path, {"what": "moved"})

    assert "It is with us" in first.content.decode()
    assert _said() == [("moved", "they", "", "standing")]


def test_who_has_not_left_says_so_and_can_think_again(at: datetime) -> None:
    ruth = make_ruth()
    make_departure(ruth, at)
    path = link_to("why", ruth, at)

    answer = Client().post(path, {"what": "stays", "words": "In June"})
    stays = _said()
    Client().post(path, {"what": "stays", "words": "In July"})
    again = _said()
    Client().post(path, {"what": "quality"})

    assert "Come whenever it suits you" in answer.content.decode()
    assert stays == [("price", "they", "", "corrected"), ("unknown", "they", "In June", "stays")]
    assert again == [("price", "they", "", "corrected"), ("unknown", "they", "In July", "stays")]
    assert _said() == [("price", "they", "", "corrected"), ("quality", "they", "", "standing")]
    corrected = Departure.objects.get(state="corrected")
    assert corrected.corrected_by == Departure.objects.get(state="standing")


def test_who_wants_peace_is_left_in_peace_by_every_way(at: datetime) -> None:
    ruth, path = make_ruth(), ""
    path = link_to("why", ruth, at)

    answer = Client().post(path, {"what": "need_gone", "peace": "yes"})

    assert "nobody calls" in answer.content.decode()
    refused = ConsentState.objects.filter(customer=ruth, decision="withdrawn", purpose="")
    assert set(refused.values_list("channel", flat=True)) == set(Channel.values)
    assert Departure.objects.get().wants_peace


@pytest.mark.parametrize("given", [{}, {"what": "gold"}, {"what": "unknown"}])
def test_what_is_not_an_answer_is_asked_again(at: datetime, given: dict[str, str]) -> None:
    words = {"words": "</textarea><script>" + "x" * 9_000, "peace": "yes"}

    answer = Client().post(link_to("why", make_ruth(), at), given | words)

    assert answer.status_code == 422
    assert "<script" not in answer.content.decode()
    assert (Departure.objects.count(), ConsentState.objects.count()) == (0, 0)


def test_long_words_are_cut(at: datetime) -> None:
    Client().post(link_to("why", make_ruth(), at), {"what": "price", "words": "x" * 100_000})

    assert len(Departure.objects.get().words) == 2000


def test_a_link_that_is_forged_old_or_void_opens_nothing(at: datetime) -> None:
    ruth = make_ruth()
    good = link_to("why", ruth, at)
    wrong = [
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "/w" + link_to("help", ruth, at)[2:],
        link_to("why", ruth, at - timedelta(days=60)),
    ]

    said = [Client().post(path, {"what": "price"}).status_code for path in wrong]
    void_links(ruth, by=SYSTEM, at=at)
    said.append(Client().post(good, {"what": "price"}).status_code)

    assert said == [410] * 4
    assert Departure.objects.count() == 0


def test_the_link_of_whoever_was_merged_answers_for_who_they_are(at: datetime) -> None:
    ruth, twin = make_ruth(), make_customer("R. Calloway")
    path = link_to("why", twin, at)
    merge_customers(ruth, twin, by=SYSTEM, at=at)

    Client().post(path, {"what": "closed"})

    assert Departure.objects.get().customer == ruth
