"""Satisfaction, recommendation and effort: as the field defines them, and never a bare number."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.care.choices import MarkKind
from regulars.cli.show import show
from regulars.learning.queries.satisfaction import satisfaction_told
from regulars.learning.satisfaction import Score, apart, score_of
from regulars.lists.models import HiddenField
from regulars.team.models import Member
from tests.factories.care import make_check_in
from tests.factories.customers import make_customer
from tests.factories.learning import say

ClientOf = Callable[[Member], Client]
HERE = "/learning/satisfaction/"
NPS: dict[str, Any] = {"scale": 10, "measure": "recommend"}


def test_each_question_counts_as_the_field_does() -> None:
    csat = score_of(MarkKind.FIVE, {1: 1, 2: 1, 3: 2, 4: 3, 5: 3})
    nps = score_of(MarkKind.RECOMMEND, {0: 1, 6: 2, 7: 3, 8: 1, 9: 2, 10: 11})
    effort = score_of(MarkKind.EFFORT, {1: 1, 3: 1, 4: 1, 5: 2, 7: 5})

    assert (csat.content, csat.neither, csat.not_content, csat.value) == (6, 2, 2, 0.6)
    assert (nps.content, nps.neither, nps.not_content, nps.value) == (13, 4, 3, 0.5)
    assert (effort.content, effort.neither, effort.not_content, effort.value) == (7, 1, 2, 0.7)
    assert score_of(MarkKind.RECOMMEND, {}).value is None


def test_an_nps_lies_between_adjusted_bounds() -> None:
    """By hand: 19.75, 15.5 and 3.75 of 39; their difference 0.4103, its variance 0.4343."""
    nps = Score(MarkKind.RECOMMEND, 19, 14, 3)

    assert nps.value == pytest.approx(16 / 36)
    assert (nps.low, nps.high) == pytest.approx((0.2034, 0.6171), abs=2e-4)
    # All alike is no certainty.
    assert Score(MarkKind.RECOMMEND, 5, 0, 0).low < 0.9
    assert Score(MarkKind.RECOMMEND, 0, 0, 0).low == -1.0


def test_whether_a_number_rose() -> None:
    def nps(content: int, against: int) -> Score:
        return Score(MarkKind.RECOMMEND, content, 10, against)

    assert apart(nps(10, 40), nps(40, 10)) == "more"
    assert apart(nps(40, 10), nps(10, 40)) == "less"
    assert apart(nps(12, 10), nps(13, 10)) == "cannot"
    assert apart(nps(5, 4), nps(50, 0)) == "few"
    assert apart(Score(MarkKind.FIVE, 10, 0, 40), Score(MarkKind.FIVE, 40, 0, 10)) == "more"


@pytest.mark.django_db
def test_it_says_how_many_were_asked_and_who_came_unasked(owner: Member, at: datetime) -> None:
    for mark in (5, 4, 2, None):
        asked = make_check_in(at)
        say(at, "x", customer=asked.customer, check_in=asked, mark=mark)
    make_check_in(at)
    make_check_in(at, **NPS)
    say(at, mark=1, customer=make_customer())
    say(at, mark=5, customer=make_customer(), doubt="soon")
    say(at, mark=3, customer=make_customer(), days=400)

    told = satisfaction_told(owner.actor, at - timedelta(days=365), at + timedelta(seconds=1))

    csat, nps, effort = told
    assert (csat.kind, csat.score.count, csat.score.content) == (MarkKind.FIVE, 4, 2)
    assert (csat.asked.count, csat.asked.whole, csat.unasked) == (3, 5, 1)
    assert (nps.score.count, nps.asked.count, nps.asked.whole) == (0, 0, 1)
    assert (effort.score.count, effort.asked.whole, effort.is_asked_now) == (0, 0, False)
    assert csat.word == "few"


@pytest.mark.django_db
def test_the_page_leads_to_who_is_behind_a_number(
    client_of: ClientOf, owner: Member, helper: Member, at: datetime
) -> None:
    mine = make_customer("Mine", manager=helper)
    say(at, "Too <b>slow</b>", customer=mine, mark=3, **NPS)
    say(at, customer=make_customer("Not Mine"), mark=10, **NPS)
    say(at, customer=mine, mark=9, days=60, **NPS)
    here = client_of(owner)

    page = here.get(HERE).content.decode()
    against = here.get(f"{HERE}recommend/?side=not").content.decode()
    every = here.get(f"{HERE}recommend/").context["rows"]
    theirs = client_of(helper).get(f"{HERE}recommend/").content.decode()

    assert "33 (" in page
    assert "never a bare number" not in page
    assert f"{HERE}recommend/?side=not&amp;span=year" in page
    assert "Too &lt;b&gt;slow&lt;/b&gt;" in against
    assert "Not Mine" not in against
    assert len(every) == 3
    assert "Not Mine" not in theirs
    assert here.get(f"{HERE}nonsense/").status_code == 404
    assert here.get(f"{HERE}10/").status_code == 404


@pytest.mark.django_db
def test_nobody_has_given_a_mark(client_of: ClientOf, owner: Member) -> None:
    page = client_of(owner).get(HERE).content.decode()

    assert "Nobody has given a mark in this time." in page
    assert "This is what you ask after deliveries" in page
    assert "You do not ask this." in page


@pytest.mark.django_db
def test_where_answers_are_hidden_these_are(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    HiddenField.objects.create(role="manager", field="care.last_mark", hidden_at=at)
    here = client_of(manager)

    paths = (HERE, f"{HERE}recommend/", "/learning/satisfaction.csv")
    assert [here.get(path).status_code for path in paths] == [403] * 3
    assert HERE not in here.get("/learning/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", [HERE, f"{HERE}5/"])
def test_as_many_queries_for_one_as_for_three(
    client_of: ClientOf, owner: Member, at: datetime, path: str
) -> None:
    here, counts = client_of(owner), []
    for number in (1, 2):
        for nth in range(number):
            asked = make_check_in(at)
            say(at, customer=asked.customer, check_in=asked, mark=4, days=40 * nth)
        here.get(path)
        with CaptureQueriesContext(connection) as told:
            here.get(path)
        counts.append(len(told))

    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_pages_go_on_where_the_last_ended(client_of: ClientOf, owner: Member, at: datetime) -> None:
    ruth = make_customer()
    for _nth in range(27):
        say(at, customer=ruth, mark=5)
    here = client_of(owner)

    first = here.get(f"{HERE}5/")
    second = here.get(f"{HERE}5/{first.context['next']}")

    assert (len(first.context["rows"]), len(second.context["rows"])) == (25, 2)


@pytest.mark.django_db
def test_month_by_month_as_a_file_and_for_programs(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    say(at, mark=10, customer=make_customer(), **NPS)
    say(at, mark=0, customer=make_customer(), days=40, **NPS)

    file = client_of(owner).get("/learning/satisfaction.csv").content.decode().splitlines()
    shown = json.loads(CliRunner().invoke(show, ["satisfaction", "--json"]).stdout)

    assert file[0] == "question,month,marks,content,neither,not content,value,low,high"
    assert [one[:26] for one in file[1:]] == [
        "recommend,2026-10,1,0,0,1,", "recommend,2026-11,1,1,0,0,",
    ]  # fmt: skip
    assert [(one["question"], one["marks"], one["value"]) for one in shown["items"]] == [
        ("recommend", 2, 0.0), ("5", 0, None), ("effort", 0, None),
    ]  # fmt: skip
