"""A disruption on the screen, from the first word to the last."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from regulars.recovery.models import Disruption
from regulars.team.models import Member
from tests.factories.recovery import declared, make_segment
from tests.factories.team import make_member

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
SAID = {"what": "A fire", "since": "2026-11-24T08:00", "whom": "everybody", "core_every_days": "7"}


def test_it_is_declared_and_stands_over_every_page(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)

    page = here.post("/recovery/declare", SAID, follow=True).content.decode()

    assert "A fire" in page
    assert "Write the first bulletin" in page
    assert "Nothing that sells leaves: A fire" in here.get("/team/").content.decode()
    assert "A fire" in here.get("/recovery/").content.decode()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"what": ""}, "This field is required."),
        ({"expected_end": "2026-11-24T07:00"}, "It would end before it begins."),
        ({"whom": "some"}, "Choose a segment, or all customers."),
        ({"since": "yesterday"}, "Write a day and a time."),
        ({"since": "2026-12-24T08:00"}, "It has not begun yet"),
        ({"works_still": "x" * 3000}, "at most 2000"),
    ],
    ids=["nothing", "ends first", "no segment", "no moment", "not begun", "too long"],
)
def test_what_cannot_be_is_said_beside_the_form(
    client_of: ClientOf, owner: Member, at: datetime, said: dict[str, str], sentence: str
) -> None:
    answer = client_of(owner).post("/recovery/declare", SAID | said)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Disruption.objects.exists()


@pytest.mark.parametrize("address", ["declare", "drill", "past", "{}/change", "{}/end"])
@pytest.mark.parametrize("role", ["helper", "viewer"])
def test_only_owners_and_managers_act(
    client_of: ClientOf, owner: Member, at: datetime, address: str, role: str
) -> None:
    there = address.format(declared(at=at).pk)

    assert client_of(make_member(role)).get(f"/recovery/{there}").status_code == 403


def test_whoever_looks_sees_what_stands(client_of: ClientOf, owner: Member, at: datetime) -> None:
    disruption = declared(at=at, segment=make_segment(at=at))
    viewer = client_of(make_member("viewer"))

    page = viewer.get(f"/recovery/{disruption.pk}/").content.decode()

    assert "those of “Named Ruth”" in page
    assert "It is over" not in page
    assert client_of(owner).get("/recovery/987654/").status_code == 404
    assert "It hits nobody on your list" in (
        client_of(owner).get(f"/recovery/{disruption.pk}/").content.decode()
    )


def test_an_hour_that_the_clock_leaves_out_or_shows_twice_is_understood(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    for since in ("2026-03-29T01:30", "2026-10-25T01:30"):
        past = SAID | {"since": since, "ended_at": "2026-11-01T10:00"}
        assert here.post("/recovery/past", past).status_code == 302

    moments = Disruption.objects.order_by("since").values_list("since", flat=True)
    assert [one.isoformat() for one in moments] == [
        "2026-03-29T01:30:00+00:00", "2026-10-25T00:30:00+00:00",
    ]  # fmt: skip


def test_it_ends_by_the_list_that_was_shown(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    disruption, here = declared(at=at, is_drill=True), client_of(owner)
    assert "This is a drill" in here.get("/team/").content.decode()

    here.post(f"/recovery/{disruption.pk}/end")

    again = here.post(f"/recovery/{disruption.pk}/end")
    assert again.status_code == 422
    disruption.refresh_from_db()
    assert not disruption.is_standing
    assert "This is a drill" not in here.get("/team/").content.decode()
