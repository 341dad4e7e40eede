"""Each way to reach a customer is one line, changed in one go and taken back as it was."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from regulars.customers.actions.points import set_point_state
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ruth(business: object, at: datetime) -> Customer:
    ruth = make_customer(email="ruth@calloway.example")
    make_point(ruth, PointKind.EMAIL, "ruth@mill.example", is_primary=False)
    return ruth


def rows() -> list[tuple[object, ...]]:
    return list(ContactPoint.objects.order_by("pk").values_list())


def test_one_line_changes_everything_and_undo_brings_everything_back(
    client_of: SignIn, owner: Member, ruth: Customer, at: datetime
) -> None:
    work = ruth.contact_points.get(is_primary=False)
    set_point_state(work, PointState.BOUNCED, by=owner.actor, at=at)
    work.refresh_from_db()
    here, before = client_of(owner), rows()

    answer = here.post(
        f"/customers/{ruth.pk}/reach/{work.pk}",
        {"value": "ruth@new-mill.example", "label": "Work", "state": "bounced",
         "is_primary": "yes", "seen": work.seen},
        headers=HTMX,
    )  # fmt: skip

    work.refresh_from_db()
    # The state was that of the old address: the new one has not bounced.
    assert (work.value, work.label, work.state, work.is_primary) == (
        "ruth@new-mill.example", "Work", "usable", True,
    )  # fmt: skip
    here.post(json.loads(answer["HX-Trigger"])["toast"]["undo"], headers=HTMX)
    assert rows() == before


@pytest.mark.parametrize("deed", ["add", "remove"])
def test_what_was_added_or_removed_is_taken_back(
    client_of: SignIn, owner: Member, ruth: Customer, deed: str
) -> None:
    first, here, before = ruth.contact_points.get(is_primary=True), client_of(owner), rows()
    path, form = {
        "add": ("", {"value": "third@calloway.example"}),
        "remove": (f"/{first.pk}", {"value": first.value, "remove": "1"}),
    }[deed]

    answer = here.post(f"/customers/{ruth.pk}/reach{path}", form, headers=HTMX)

    assert rows() != before
    here.post(json.loads(answer["HX-Trigger"])["toast"]["undo"], headers=HTMX)
    assert rows() == before


def test_who_was_slower_is_told_and_nothing_is_written(
    client_of: SignIn, owner: Member, ruth: Customer, at: datetime
) -> None:
    first = ruth.contact_points.get(is_primary=True)
    seen = first.seen
    set_point_state(first, PointState.STALE, by=owner.actor, at=at)

    answer = client_of(owner).post(
        f"/customers/{ruth.pk}/reach/{first.pk}", {"value": "x@y.example", "seen": seen},
        headers=HTMX,
    )  # fmt: skip

    assert answer.status_code == 422
    assert "Somebody else changed this meanwhile" in answer.content.decode()
    assert ContactPoint.objects.get(pk=first.pk).value == "ruth@calloway.example"


def test_an_undo_that_is_forged_or_of_another_is_refused(
    client_of: SignIn, owner: Member, ruth: Customer
) -> None:
    other, here = make_customer("Oscar"), client_of(owner)
    answer = here.post(
        f"/customers/{ruth.pk}/reach", {"value": "third@calloway.example"}, headers=HTMX
    )
    undo = json.loads(answer["HX-Trigger"])["toast"]["undo"]
    before = rows()

    refused = [
        here.post(undo.replace(f"/{ruth.pk}/", f"/{other.pk}/")),
        here.post(f"/customers/{ruth.pk}/reach/back/forged"),
    ]

    assert [one.status_code for one in refused] == [403, 403]
    assert rows() == before


def test_without_scripts_the_way_back_stands_on_the_page(
    client_of: SignIn, owner: Member, ruth: Customer
) -> None:
    answer = client_of(owner).post(
        f"/customers/{ruth.pk}/reach", {"value": "third@calloway.example"}, follow=True
    )

    assert f"/customers/{ruth.pk}/reach/back/" in answer.content.decode()
