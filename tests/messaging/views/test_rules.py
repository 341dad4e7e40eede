from collections.abc import Callable
from datetime import datetime, time

import pytest
from django.test import Client

from regulars.core.models import AuditEntry, Job
from regulars.messaging.models import Rules
from regulars.team.models import Member

SignIn = Callable[[Member], Client]
KEPT = {
    "contacts_a_week": "4", "emails_a_week": "0", "texts_a_week": "", "serve_per_sell": "2",
    "quiet_from": "21:00", "quiet_to": "07:30",
}  # fmt: skip


def test_an_owner_sets_the_rules_and_everybody_is_counted_anew(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    browser = client_of(owner)

    before = browser.get("/messages/rules/")
    answer = browser.post("/messages/rules/", KEPT, follow=True)

    rules = Rules.objects.values().get()
    assert 'value="20:00"' in before.text
    assert rules == {
        "id": 1, "contacts_a_week": 4, "emails_a_week": 0, "texts_a_week": None,
        "serve_per_sell": 2, "quiet_from": time(21), "quiet_to": time(7, 30),
    }  # fmt: skip
    assert 'value="21:00"' in answer.text
    assert list(Job.objects.values_list("name", flat=True)) == ["messaging.recount"]
    assert AuditEntry.objects.filter(verb="set rules").count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("contacts_a_week", "-1"), ("emails_a_week", "many"), ("serve_per_sell", ""),
     ("quiet_from", "25:00")],
)  # fmt: skip
def test_what_is_no_rule_is_said_and_nothing_is_kept(
    client_of: SignIn, owner: Member, at: datetime, name: str, value: str
) -> None:
    answer = client_of(owner).post("/messages/rules/", {**KEPT, name: value})

    assert answer.status_code == 422
    assert not Rules.objects.exists()


@pytest.mark.parametrize("role", ["manager", "helper", "viewer"])
def test_the_others_may_look_and_change_nothing(
    client_of: SignIn, request: pytest.FixtureRequest, role: str, at: datetime
) -> None:
    browser = client_of(request.getfixturevalue(role))

    page = browser.get("/messages/rules/")
    answer = browser.post("/messages/rules/", KEPT)

    assert page.status_code == 200
    assert "Keep these rules" not in page.text
    assert answer.status_code == 403
    assert not Rules.objects.exists()
