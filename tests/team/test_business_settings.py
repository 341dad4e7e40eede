import json
from collections.abc import Callable
from datetime import date, time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.models import AuditEntry
from regulars.team.models import Business, Closure, Member

pytestmark = pytest.mark.django_db

ClientOf = Callable[[Member], Client]
DETAILS = {
    "name": "Juniper & Rye Ltd",
    "street": "4 Mill Lane",
    "postcode": "LS1 4AB",
    "city": "Leeds",
    "phone": "0113 496 0000",
    "country": "GB",
    "currency": "GBP",
    "time_zone": "Europe/London",
    "live_since": "2026-11-02",
}
WEEK = {f"day{n}": "8:00–13:00, 14:00–18:00" for n in range(5)} | {"day5": "7 - 12", "day6": ""}


@pytest.fixture
def closure(business: Business) -> Closure:
    return Closure.objects.create(
        business=business, starts_on=date(2026, 10, 3), ends_on=date(2026, 10, 14), why="Water"
    )


def test_an_owner_describes_the_business(client_of: ClientOf, owner: Member) -> None:
    answer = client_of(owner).post("/team/business", DETAILS)

    kept = Business.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/team/")
    assert (kept.name, kept.street, kept.city) == ("Juniper & Rye Ltd", "4 Mill Lane", "Leeds")
    assert AuditEntry.objects.get(verb="described").actor_id == owner.pk


def test_describing_keeps_what_was_typed_when_it_is_wrong(
    client_of: ClientOf, owner: Member
) -> None:
    answer = client_of(owner).post("/team/business", DETAILS | {"time_zone": "", "city": "York"})

    assert answer.status_code == 422
    assert 'value="York"' in answer.content.decode()
    assert Business.objects.get().name == "Juniper & Rye"


def test_describing_keeps_a_sample_a_sample(client_of: ClientOf, owner: Member) -> None:
    Business.objects.update(is_sample=True)

    client_of(owner).post("/team/business", DETAILS)

    assert Business.objects.get().is_sample


def test_opening_hours_are_written_as_people_write_them(
    client_of: ClientOf, owner: Member, business: Business
) -> None:
    answer = client_of(owner).post("/team/hours", WEEK)

    assert answer.status_code == 302
    kept = list(business.opening_hours.values_list("weekday", "opens_at", "closes_at"))
    workday = [(time(8), time(13)), (time(14), time(18))]
    assert kept == [(n, *pair) for n in range(5) for pair in workday] + [(5, time(7), time(12))]
    assert 'value="08:00–13:00, 14:00–18:00"' in client_of(owner).get("/team/").content.decode()


@pytest.mark.parametrize("wrong", ["all day", "18-8", "8", "25-26", "8:00–13:00 14:00–18:00"])
def test_hours_that_cannot_be_read_change_nothing(
    client_of: ClientOf, owner: Member, business: Business, wrong: str
) -> None:
    answer = client_of(owner).post("/team/hours", WEEK | {"day2": wrong})

    assert answer.status_code == 422
    assert "Write the hours like" in answer.content.decode()
    assert not business.opening_hours.exists()


def test_days_closed_are_noted_and_shown(client_of: ClientOf, owner: Member) -> None:
    days = {"starts_on": "2026-10-03", "ends_on": "2026-10-14", "why": "Water damage"}

    answer = client_of(owner).post("/team/closed-days", days)

    assert answer.status_code == 302
    page = client_of(owner).get("/team/").content.decode()
    shown = ["12 days", "3 October 2026 to 14 October 2026", "Water damage", "Not counted against"]
    assert [words in page for words in shown] == [True] * 4


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-10-14", "2026-10-03", "comes before the first"),
        ("2026-10-10", "2026-10-10", "closed already"),
        ("soon", "2026-10-03", "valid date"),
    ],
)
def test_days_closed_are_refused_in_words(
    client_of: ClientOf, owner: Member, closure: Closure, first: str, last: str, said: str
) -> None:
    answer = client_of(owner).post("/team/closed-days", {"starts_on": first, "ends_on": last})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert list(Closure.objects.all()) == [closure]


def test_removed_days_can_be_put_back(client_of: ClientOf, owner: Member, closure: Closure) -> None:
    here = client_of(owner)

    answer = here.post(f"/team/closed-days/{closure.pk}/remove", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "No days are noted as closed" in answer.content.decode()
    assert not Closure.objects.exists()

    undo = json.loads(answer["HX-Trigger"])["toast"]["undo"]
    back = here.post(undo, headers={"HX-Request": "true"})
    assert back["HX-Refresh"] == "true"
    kept = Closure.objects.get()
    assert (kept.starts_on, kept.ends_on, kept.why) == (
        date(2026, 10, 3), date(2026, 10, 14), "Water",
    )  # fmt: skip


def test_only_what_we_sealed_can_be_put_back(client_of: ClientOf, owner: Member) -> None:
    answer = client_of(owner).post("/team/closed-days/put-back/forged:note")

    assert answer.status_code == 404
    assert not Closure.objects.exists()


def test_without_scripts_removing_leads_back(
    client_of: ClientOf, owner: Member, closure: Closure
) -> None:
    answer = client_of(owner).post(f"/team/closed-days/{closure.pk}/remove")

    assert (answer.status_code, answer["Location"]) == (302, "/team/#closed")


@pytest.mark.parametrize("role", ["manager", "helper", "viewer"])
def test_others_see_the_business_and_change_nothing(
    client_of: ClientOf, closure: Closure, role: str, request: pytest.FixtureRequest
) -> None:
    here = client_of(request.getfixturevalue(role))
    page = here.get("/team/").content.decode()
    writes = {
        "/team/business": DETAILS,
        "/team/hours": WEEK,
        "/team/closed-days": {"starts_on": "2026-01-01", "ends_on": "2026-01-01"},
        f"/team/closed-days/{closure.pk}/remove": {},
        "/team/closed-days/put-back/x": {},
    }

    answers = [here.post(path, data) for path, data in writes.items()]

    assert "Only an owner can change the business." in page
    assert "Juniper &amp; Rye" in page
    assert 'action="/team/' not in page
    assert [answer.status_code for answer in answers] == [403] * 5
    assert "Only an owner can change the business." in answers[0].content.decode()
    assert Business.objects.get().name == "Juniper & Rye"
    assert list(Closure.objects.all()) == [closure]


def test_the_page_is_one_number_of_queries_however_many_days(
    client_of: ClientOf, owner: Member, business: Business
) -> None:
    here = client_of(owner)
    here.get("/team/")
    counts = []
    for month in (1, 2, 3):
        Closure.objects.create(
            business=business, starts_on=date(2026, month, 1), ends_on=date(2026, month, 2)
        )
        with CaptureQueriesContext(connection) as seen:
            assert here.get("/team/").status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[2]
