"""How often one customer should hear from us, on their page: changed, and taken back."""

import json
from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from regulars.planning.models import Cadence, Pause
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.planning import make_facts

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}


def test_a_cadence_of_their_own_is_kept_shown_and_taken_back(
    manager: Member, client_of: ClientOf, at: datetime
) -> None:
    ruth, client = make_customer(manager=manager), client_of(manager)
    make_facts(ruth, tier="core")
    days = {"at_least": "60", "at_most": "20", "worth": "any"}
    before = client.get(reverse("customers:detail", args=[ruth.pk])).content.decode()

    kept = client.post(reverse("planning:agree", args=[ruth.pk]), days, headers=HTMX)
    panel = client.get(reverse("planning:often", args=[ruth.pk])).content.decode()
    toast = json.loads(kept["HX-Trigger"])["toast"]
    client.post(toast["undo"], headers=HTMX)

    assert "At least every 30 days, as “Core” customers." in before
    assert "At least every 60 days: set for this customer." in panel
    assert "At most every 20 days." in panel
    assert (toast["text"], Cadence.objects.count()) == ("Kept for this customer.", 0)


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ({"at_least": "0"}, "Every 0 days cannot be kept."),
        ({"at_least": "soon"}, "Write a whole number of days."),
        ({}, "Say how often: at least, at most, or both."),
    ],
    ids=["every 0 days", "no number", "nothing"],
)
def test_what_cannot_be_kept_is_said_where_it_was_written(
    manager: Member, client_of: ClientOf, at: datetime, days: dict[str, str], says: str
) -> None:
    ruth = make_customer(manager=manager)

    answer = client_of(manager).post(
        reverse("planning:agree", args=[ruth.pk]), {"worth": "any", **days}, headers=HTMX
    )

    assert (answer.status_code, Cadence.objects.count()) == (422, 0)
    assert says in answer.content.decode()


def test_they_are_left_alone_with_why_and_may_hear_from_us_again(
    manager: Member, client_of: ClientOf, at: datetime
) -> None:
    ruth, client = make_customer(manager=manager), client_of(manager)
    until = {"until": "2027-01-11", "why": "Abroad"}

    client.post(reverse("planning:pause", args=[ruth.pk]), until, headers=HTMX)
    panel = client.get(reverse("planning:often", args=[ruth.pk])).content.decode()
    ended = client.post(reverse("planning:end_pause", args=[ruth.pk]), headers=HTMX)
    is_gone = not Pause.objects.exists()
    client.post(json.loads(ended["HX-Trigger"])["toast"]["undo"], headers=HTMX)

    assert ("Left alone until 11 January 2027." in panel, "Abroad" in panel) == (True, True)
    assert is_gone
    assert Pause.objects.get().until == date(2027, 1, 11)


def test_a_helper_does_not_see_those_of_others(helper: Member, client_of: ClientOf) -> None:
    answer = client_of(helper).get(reverse("planning:often", args=[make_customer().pk]))

    assert answer.status_code == 404
