"""The page of reasons, and a reason that is told of one customer no more."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from regulars.planning.kept import Silence
from regulars.team.models import Member
from tests.factories.planning import items_of, make_due, plan_today

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}


def test_the_owner_switches_a_reason_off_and_on(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    client = client_of(owner)

    client.post("/plan/reasons/rhythm_late/switch", headers=HTMX)
    off = " ".join(client.get("/plan/reasons").content.decode().split())
    names = list(Silence.objects.values_list("reason", flat=True))
    client.post("/plan/reasons/rhythm_late/switch", {"on": "yes"}, headers=HTMX)

    assert "<s>Later than usual</s>" in off
    assert "Not on a list yet that is 30 days old." in off
    assert (names, Silence.objects.count()) == (["rhythm_late"], 0)


def test_on_the_card_a_reason_is_ended_for_one_and_stands_on_their_page(
    manager: Member, client_of: ClientOf, at: datetime
) -> None:
    ruth, client = make_due(manager=manager), client_of(manager)
    plan_today()
    [item] = items_of(manager)
    silence = f"/plan/reasons/of/{ruth.pk}/{item.reason}/silence"
    card = client.get("/").content.decode()

    done = client.post(silence, headers=HTMX)
    panel = client.get(f"/plan/cadences/of/{ruth.pk}").content.decode()
    toast = json.loads(done["HX-Trigger"])["toast"]
    client.post(toast["undo"], headers=HTMX)

    assert silence in card
    assert "No reason for them: Never been in touch" in panel
    assert Silence.objects.count() == 0


def test_a_manager_switches_nothing_off_for_everybody(
    manager: Member, client_of: ClientOf, at: datetime
) -> None:
    page = client_of(manager).get("/plan/reasons")
    answer = client_of(manager).post("/plan/reasons/rhythm_late/switch")

    assert (page.status_code, answer.status_code, Silence.objects.count()) == (200, 403, 0)
    assert "Switch off" not in page.content.decode()
