"""The cadences on a screen."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from regulars.lists.models import Segment
from regulars.planning.models import Cadence
from regulars.planning.queries import cadence_days
from regulars.team.models import Member, WorkingMinutes
from tests.factories.customers import make_customer
from tests.factories.planning import make_facts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
DAYS = {"core": 14, "active": 60, "new": 45, "slipping": 21, "lapsed": 120, "lost": 365}


def test_the_owner_sets_the_cadences(owner: Member, client_of: ClientOf) -> None:
    answer = client_of(owner).post("/plan/cadences", DAYS, follow=True)

    assert cadence_days() == DAYS
    assert "Kept. The next lists follow it." in answer.content.decode()


def test_an_impossible_number_comes_back_with_the_remedy(
    owner: Member, client_of: ClientOf
) -> None:
    answer = client_of(owner).post("/plan/cadences", DAYS | {"core": "0"})

    assert answer.status_code == 422
    assert "At least every day, so 1 or more." in answer.content.decode()
    assert cadence_days()["core"] == 30


def test_others_look_but_do_not_set(manager: Member, client_of: ClientOf) -> None:
    page = client_of(manager).get("/plan/cadences")
    answer = client_of(manager).post("/plan/cadences", DAYS)

    assert (page.status_code, answer.status_code) == (200, 403)
    assert "Only the owner changes these." in page.content.decode()
    assert cadence_days()["core"] == 30


def test_one_for_a_segment_in_winter_is_added_shown_and_taken_away(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    client = client_of(owner)
    segment = Segment.objects.create(name="Weddings", created_at=at, changed_at=at)
    rule = {"whose": f"segment:{segment.pk}", "worth": "personal", "at_least": "20",
            "at_most": "", "months": ["11", "12"]}  # fmt: skip

    client.post("/plan/cadences/add", rule, headers=HTMX)
    page = " ".join(client.get("/plan/cadences").content.decode().split())
    one = Cadence.objects.get()
    removed = client.post(f"/plan/cadences/{one.pk}/remove", headers=HTMX)
    count = Cadence.objects.count()
    client.post(json.loads(removed["HX-Trigger"])["toast"]["undo"], headers=HTMX)

    assert (one.segment, one.worth, one.month_numbers) == (segment, "personal", [11, 12])
    assert "a visit, a call or a note at least every 20 days" in page
    assert "Nov, Dec" in page
    assert count == 0
    assert Cadence.objects.get().months == one.months


def test_a_rule_that_cannot_be_kept_is_said_on_the_page(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    rule = {"whose": "tier:core", "worth": "any", "at_least": "7", "at_most": "30"}

    answer = client_of(owner).post("/plan/cadences/add", rule)

    assert (answer.status_code, Cadence.objects.count()) == (422, 0)
    assert "cannot both be kept" in answer.content.decode()


def test_a_suggestion_is_one_button_with_a_way_back(
    owner: Member, client_of: ClientOf, at: datetime
) -> None:
    client = client_of(owner)
    WorkingMinutes.objects.update(minutes=1)
    for number in range(20):
        make_facts(make_customer(f"Customer {number}", manager=owner), tier="active")

    page = " ".join(client.get("/plan/cadences").content.decode().split())
    done = client.post("/plan/cadences/lengthen", {"tier": "active", "every": "90"}, headers=HTMX)
    lengthened = cadence_days()["active"]
    client.post(json.loads(done["HX-Trigger"])["toast"]["undo"], headers=HTMX)

    assert "Every 90 instead of 60 days for Active saves 4 minutes a week." in page
    assert (lengthened, cadence_days()["active"]) == (90, 60)


def test_a_manager_changes_no_cadence_of_many(manager: Member, client_of: ClientOf) -> None:
    client = client_of(manager)

    posted = [
        client.post("/plan/cadences/add", {"whose": "tier:core"}).status_code,
        client.post("/plan/cadences/lengthen", {"tier": "core", "every": "45"}).status_code,
        client.post("/plan/cadences/1/remove").status_code,
    ]

    assert posted == [403, 403, 403]
