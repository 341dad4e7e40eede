"""The list of messages that were written one by one and have not left."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.messaging.choices import State
from regulars.messaging.models import Message
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.messaging import make_mailing, make_message

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
PATH = "/messages/waiting/"


def test_what_waits_says_why_and_until_when_and_is_taken_back_from_there(
    manager: Member, client_of: SignIn, at: datetime
) -> None:
    ruth, joss = (make_customer(name, email=f"{name}@x.example") for name in ("ruth", "joss"))
    later = at + timedelta(hours=11)
    held = make_message(ruth, at=at, state=State.HELD, why="quiet", not_before=later)
    make_message(joss, at=at, state=State.ACCEPTED)
    here = client_of(manager)

    page = unescape(here.get(PATH).text)
    answer = here.post(f"/messages/m/{held.pk}/take-back", {"from": "waiting"}, follow=True)

    assert "It is held until 24 Nov 2026, 20:00. It is quiet hours where they live" in page
    assert ("ruth" in page, "joss" in page) == (True, False)
    assert 'aria-current="page">Waiting<span class="n">1</span>' in page
    assert answer.redirect_chain == [(PATH, 302)]
    assert "Nothing written to one customer waits." in answer.text
    assert Message.objects.get(pk=held.pk).state == State.CANCELLED


def test_where_nobody_knows_the_end_it_says_when_it_is_asked_about_again(
    manager: Member, client_of: SignIn, at: datetime
) -> None:
    make_message(at=at, state=State.HELD, why="held", not_before=at + timedelta(hours=1))

    page = unescape(client_of(manager).get(PATH).text)

    assert "lifted or ends. It is asked about again at 24 Nov 2026, 10:00." in page


def test_a_mailing_keeps_its_own_and_a_helper_sees_those_to_their_own(
    helper: Member, client_of: SignIn, at: datetime
) -> None:
    own, other = (
        make_customer("Ann Own", email="a@x.example", manager=helper),
        make_customer("Otto Other", email="o@x.example"),
    )
    mine = make_message(own, at=at)
    make_message(other, at=at)
    make_message(own, at=at, mailing=make_mailing(at=at))

    page = client_of(helper).get(PATH).text

    assert page.count("Take it back") == 1
    assert f"/messages/m/{mine.pk}/take-back" in page
    assert "Otto Other" not in page


def test_who_only_looks_takes_nothing_back(viewer: Member, client_of: SignIn, at: datetime) -> None:
    message = make_message(at=at)
    here = client_of(viewer)

    page, answer = here.get(PATH), here.post(f"/messages/m/{message.pk}/take-back")

    assert ("Ruth Calloway" in page.text, "Take it back" in page.text) == (True, False)
    assert answer.status_code == 403


def test_it_asks_as_often_for_thirty_as_for_one_and_goes_on_page_by_page(
    manager: Member, client_of: SignIn, at: datetime
) -> None:
    here, counts = client_of(manager), []
    here.get(PATH)
    for many in (1, 29):
        for _one in range(many):
            make_message(make_customer("Ruth", email="r@x.example"), at=at)
        with CaptureQueriesContext(connection) as seen:
            here.get(PATH)
        counts.append(len(seen))

    last = Message.objects.order_by("pk")[24]
    first = here.get(PATH).text
    second = here.get(f"{PATH}?after={last.pk}").text

    assert counts[0] == counts[1]
    assert [page.count("Take it back") for page in (first, second)] == [25, 5]
    assert f"?after={last.pk}" in first
