"""What helped, on the screen."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.lists.models import HiddenField
from regulars.lists.queries.fields import asking_of
from regulars.lists.queries.filters import customers_of
from regulars.lists.trees import read
from regulars.team.models import Member
from regulars.verdicts.actions import look_at
from regulars.verdicts.models import Verdict
from tests.factories.messaging import make_mailing
from tests.factories.verdicts import make_buyers, make_crowd, make_trial

pytestmark = [pytest.mark.django_db]
ClientOf = Callable[[Member], Client]
BEGAN = date(2026, 10, 1)


def test_a_verdict_is_said_in_words_with_its_bounds(
    owner: Member, at: datetime, client_of: ClientOf
) -> None:
    trial = make_trial(make_crowd(120), BEGAN, at=at, rate_before=0.1)
    make_buyers(trial, BEGAN + timedelta(days=5), got=0.6, left=0.0)
    look_at(trial, look=4, at=at)

    page = client_of(owner).get(f"/verdicts/{trial.pk}/").content.decode()

    assert "It helped: about 60 more of 100 bought." in page
    assert "and 0 of 100 who were left out." in page
    assert "12 of 120 were left out by lot" in page
    assert "the effect lies between" in page


def test_where_nobody_can_tell_it_says_how_many_it_would_take(
    owner: Member, at: datetime, client_of: ClientOf
) -> None:
    trial = make_trial(make_crowd(60), BEGAN, at=at)
    make_buyers(trial, BEGAN + timedelta(days=5), got=0.5, left=0.35)
    look_at(trial, look=4, at=at)

    page = client_of(owner).get(f"/verdicts/{trial.pk}/").content.decode()

    assert "Cannot tell." in page
    assert "To see an effect of 10 of 100 four times in five, it takes about" in page


def test_before_the_first_look_it_says_when_that_is(
    owner: Member, at: datetime, client_of: ClientOf
) -> None:
    trial = make_trial(make_crowd(30), at.date(), at=at)
    here = client_of(owner)

    assert "Too early to say" in here.get(f"/verdicts/{trial.pk}/").content.decode()
    assert "None of them is over yet" in here.get("/verdicts/").content.decode()


def test_what_helped_lists_all_with_as_many_queries_for_one_as_for_three(
    owner: Member, at: datetime, client_of: ClientOf
) -> None:
    crowd, here = make_crowd(40), client_of(owner)
    assert "Here will stand what your mailings did" in here.get("/verdicts/").content.decode()
    counts, page = [], ""
    for number in range(3):
        trial = make_trial(crowd, BEGAN, at=at, occasion=f"mailing:{number}")
        if not number:
            make_buyers(trial, BEGAN, got=0.5, left=0.5)
        look_at(trial, look=4, at=at)
        with CaptureQueriesContext(connection) as seen:
            page = here.get("/verdicts/").content.decode()
        counts.append(len(seen))

    assert counts[0] == counts[2]
    assert page.count("Cannot tell.") == 3
    assert "3 with a control group are over, of 120 customers in all." in page
    assert "Together they do not tell yet" in page


@pytest.mark.parametrize("path", ["/verdicts/", "/verdicts/{}/"], ids=["all", "one"])
def test_helpers_and_those_from_whom_orders_are_hidden_do_not_enter(
    path: str, helper: Member, manager: Member, at: datetime, client_of: ClientOf
) -> None:
    trial = make_trial(make_crowd(30), BEGAN, at=at)
    there = path.format(trial.pk)
    assert client_of(helper).get(there).status_code == 403
    assert client_of(manager).get(there).status_code == 200

    HiddenField.objects.create(role="manager", field="order", hidden_at=at)

    assert client_of(manager).get(there).status_code == 403


def test_each_side_opens_its_customers(owner: Member, at: datetime, client_of: ClientOf) -> None:
    trial = make_trial(make_crowd(30), BEGAN, at=at)
    make_trial(make_crowd(20), BEGAN, at=at, occasion="another")

    page = client_of(owner).get(f"/verdicts/{trial.pk}/").content.decode()

    asking = asking_of(owner.actor, at)
    links = re.findall(r'<a href="(/customers/[^"]+)">(\d+) customer', page)
    trees = [json.loads(parse_qs(urlsplit(unescape(href)).query)["f"][0]) for href, _count in links]
    listed = [customers_of(read(tree), asking).count() for tree in trees]
    left = trial.left_out_count
    assert [int(count) for _href, count in links] == listed == [left, 30 - left]


def test_what_is_not_there_is_not_found(owner: Member, client_of: ClientOf) -> None:
    here = client_of(owner)

    assert here.get("/verdicts/77/").status_code == 404
    assert here.post("/verdicts/mailings/77/keep").status_code == 404
    assert here.post("/verdicts/mailings/77/everybody").status_code == 404


def test_only_those_who_approve_say_who_is_left_out(
    viewer: Member, at: datetime, client_of: ClientOf
) -> None:
    mailing, here = make_mailing(at=at), client_of(viewer)

    assert here.post(f"/verdicts/mailings/{mailing.pk}/keep").status_code == 403
    assert here.post(f"/verdicts/mailings/{mailing.pk}/everybody").status_code == 403


def test_a_refusal_is_said_on_the_page_of_the_mailing(
    owner: Member, at: datetime, client_of: ClientOf
) -> None:
    mailing = make_mailing(at=at)

    page = client_of(owner).post(f"/verdicts/mailings/{mailing.pk}/keep", follow=True)

    assert "This mailing has been approved as it is." in page.content.decode()
    assert not Verdict.objects.exists()
