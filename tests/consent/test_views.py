from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.consent.actions import choose_ground
from regulars.consent.models import GroundChoice
from regulars.team.models import Business, Member

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
CHOICE = {
    "channel": "email", "purpose": "sell", "ground": "customer", "why": "They could refuse."
}  # fmt: skip


def test_every_ground_stands_with_its_source(owner: Member, client_of: SignIn) -> None:
    page = client_of(owner).get("/consent/grounds/").content.decode()

    assert "PECR 2003 reg. 22(2), 22(3)" in page
    assert "They are not legal advice." in page
    assert "These presets are for United Kingdom" in page
    assert page.count("<td>Serve</td>") == 8
    assert "<td>Educate, Recover and Sell</td>" in page


def test_without_a_country_the_careful_side_holds(owner: Member, client_of: SignIn) -> None:
    Business.objects.update(country="")

    page = client_of(owner).get("/consent/grounds/").content.decode()

    assert "No country is set for the business" in page


def test_an_owner_decides_otherwise_with_name_and_reason(
    owner: Member, client_of: SignIn, at: datetime
) -> None:
    client = client_of(owner)

    answer = client.post("/consent/grounds/", CHOICE)

    assert answer.status_code == 302
    page = client.get("/consent/grounds/").content.decode()
    assert "Our own choice</b> · They could refuse. · Nora Lindqvist" in page


@pytest.mark.parametrize("over", [{"why": ""}, {"ground": "contract"}, {"channel": "pigeon"}])
def test_an_unfit_choice_stays_on_the_page(
    owner: Member, client_of: SignIn, over: dict[str, str]
) -> None:
    answer = client_of(owner).post("/consent/grounds/", CHOICE | over)

    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    assert GroundChoice.objects.count() == 0


@pytest.mark.parametrize("role", ["manager", "helper", "viewer"])
def test_others_look_and_decide_nothing(
    role: str, request: pytest.FixtureRequest, client_of: SignIn
) -> None:
    client = client_of(request.getfixturevalue(role))

    assert client.get("/consent/grounds/").status_code == 200
    assert "Rest on this" not in client.get("/consent/grounds/").content.decode()
    assert client.post("/consent/grounds/", CHOICE).status_code == 403
    assert GroundChoice.objects.count() == 0


def test_one_and_three_choices_take_the_same_queries(
    owner: Member, client_of: SignIn, at: datetime
) -> None:
    client, counts = client_of(owner), []
    client.get("/consent/grounds/")
    for purposes in (["sell"], ["educate", "recover"]):
        for purpose in purposes:
            choose_ground("email", purpose, "customer", why="x", by=owner.actor, at=at)
        with CaptureQueriesContext(connection) as seen:
            client.get("/consent/grounds/")
        counts.append(len(seen))

    assert counts[0] == counts[1]
