"""The Insight page."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core import clock
from regulars.core.models import Job
from regulars.insight.views import counted_words
from regulars.team.models import Member
from tests.factories.insight import days_ago, make_buyer, make_stranger, refreshed

pytestmark = pytest.mark.django_db(transaction=True)
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}


def slipping_buyer(spend: int, name: str = "Ruth") -> None:
    make_buyer(*[7] * 6, last=days_ago(25), spend=spend, name=name)


def test_the_page_says_what_was_found(viewer: Member, client_of: ClientOf, at: datetime) -> None:
    for name in "abcdefgh":
        make_buyer(7, 7, 7, last=days_ago(1), spend=1000, name=name)
    make_buyer(7, 7, 7, last=days_ago(1), spend=30_000, name="Big")
    slipping_buyer(500, "Ruth Calloway")
    make_stranger()
    refreshed()

    page = client_of(viewer).get("/insight/").content.decode()

    assert "1 customer carries the business" in page
    assert "1 customer is slipping: quiet for longer than is usual for them." in page
    assert "Ruth Calloway" in page
    assert "such gaps were over by now." in page
    assert "counted this morning at 9:00" in page
    for tier in ("core", "active", "new", "slipping", "lapsed", "lost"):
        assert f"?tier={tier}" in page
    assert "The 2 biggest of 10 customers" in page
    assert "Count again" not in page


def test_before_the_first_count_the_page_teaches(
    owner: Member, viewer: Member, client_of: ClientOf, at: datetime
) -> None:
    empty = client_of(owner).get("/insight/").content.decode()
    make_buyer(7)
    with_orders = client_of(owner).get("/insight/").content.decode()
    seen_by_viewer = client_of(viewer).get("/insight/").content.decode()

    assert "Bring your orders" in empty
    assert "Your orders are here." in with_orders
    assert "Count them now" in with_orders
    assert "Count them now" not in seen_by_viewer


def test_helpers_are_told_who_may_see_it(helper: Member, client_of: ClientOf, at: datetime) -> None:
    answer = client_of(helper).get("/insight/")

    assert answer.status_code == 403
    assert "Insight is for those who see the whole list" in answer.content.decode()


def test_count_again_leaves_a_count_and_shows_how_far_it_is(
    manager: Member, client_of: ClientOf, at: datetime
) -> None:
    client = client_of(manager)

    answer = client.post("/insight/count-again", headers=HTMX)

    job = Job.objects.get(name="insight.refresh")
    assert answer.status_code == 200
    assert "The count begins in a moment" in answer.content.decode()
    Job.objects.update(state=Job.State.RUNNING, step="Counting", done_count=1, total_count=3)
    assert "Counting …" in client.get("/insight/counting", headers=HTMX).content.decode()
    Job.objects.filter(pk=job.pk).update(state=Job.State.DONE)
    assert client.get("/insight/counting", headers=HTMX)["HX-Refresh"] == "true"


def test_count_again_works_without_a_script(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    answer = client_of(owner).post("/insight/count-again")

    assert (answer.status_code, answer["Location"]) == (302, "/insight/")
    assert Job.objects.filter(name="insight.refresh").count() == 1


def test_viewers_may_not_have_it_counted(viewer: Member, client_of: ClientOf, at: datetime) -> None:
    answer = client_of(viewer).post("/insight/count-again")

    assert answer.status_code == 403
    assert not Job.objects.exists()


def test_one_or_three_customers_take_the_same_queries(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    client = client_of(owner)
    slipping_buyer(500)
    refreshed()
    client.get("/insight/")  # renews the session, once
    with CaptureQueriesContext(connection) as of_one:
        client.get("/insight/")
    slipping_buyer(600)
    slipping_buyer(700)
    refreshed()

    with CaptureQueriesContext(connection) as of_three:
        page = client.get("/insight/").content.decode()

    assert page.count('class="entry row') == 3
    assert len(of_three) == len(of_one)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0, "counted this morning at 9:00"), (-5, "counted this morning at 4:00"),
        (-10, "counted yesterday at 23:00"), (-24 * 7, "counted 17 Nov at 9:00"),
    ],
)  # fmt: skip
def test_when_the_numbers_were_true(at: datetime, hours: int, words: str) -> None:
    with clock.stopped_at(at):
        assert counted_words(at + timedelta(hours=hours), at) == words
