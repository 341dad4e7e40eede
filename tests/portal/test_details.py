"""What we have of somebody: looked through by a link, kept by a press, undone by staff."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from regulars.core.models import Operation
from regulars.core.undo import undo_now
from regulars.customers.choices import PointState
from regulars.customers.models import ContactPoint, Customer
from regulars.team.models import Member
from tests.factories.instance import all_rows

pytestmark = pytest.mark.django_db


def points(customer: Customer) -> dict[str, tuple[str, str, bool]]:
    rows = ContactPoint.objects.filter(customer=customer).order_by("pk")
    return {one.kind: (one.value, one.state, one.verified_at is not None) for one in rows}


def sent(browser: Client, **over: object) -> Any:
    page = browser.get("/p/details").content.decode()
    guard = re.search(r'name="guard" value="([^"]*)"', page)
    assert guard
    name = re.search(r'name="name" value="([^"]*)"', page)
    given = {"guard": guard[1], "name": name[1] if name else "", **over}
    return browser.post("/p/details", given)


def key(customer: Customer, kind: str) -> int:
    return ContactPoint.objects.get(customer=customer, kind=kind).pk


def test_the_page_of_a_link_leads_on_to_the_details(there: Client, ruth: Customer) -> None:
    before = all_rows()

    asked = there.get("/p/").content.decode()
    page = there.get("/p/details").content.decode()

    assert 'href="/p/details"' in asked
    assert "Is this still right, Ruth?" in page
    assert [one.value for one in ruth.contact_points.all() if one.value in page] == []
    assert all_rows() == before


def test_what_is_left_alone_is_confirmed(there: Client, ruth: Customer) -> None:
    before = {kind: value for kind, (value, _state, _is) in points(ruth).items()}

    answer = sent(there)

    assert "Thank you: it is written down." in answer.content.decode()
    assert points(ruth) == {
        kind: (value, PointState.USABLE, True) for kind, value in before.items()
    }
    assert Operation.objects.get().words == "Ruth Calloway looked through their details"


def test_what_is_written_is_kept_and_staff_take_it_back(
    there: Client, ruth: Customer, owner: Member, at: datetime
) -> None:
    ruth.contact_points.filter(kind="address").delete()
    before = list(Customer.objects.values_list()), list(ContactPoint.objects.values_list())

    sent(there, name="Ruth Weir", **{
        f"point-{key(ruth, 'phone')}": "01632 960222", f"over-{key(ruth, 'email')}": "1",
        "new-address": "1 Weir Cottages, York",
    })  # fmt: skip

    ruth.refresh_from_db()
    assert ruth.name == "Ruth Weir"
    assert points(ruth)["phone"][0] == "01632 960222"
    assert points(ruth)["email"][1] == PointState.STALE
    assert points(ruth)["address"][0] == "1 Weir Cottages, York"
    operation = Operation.objects.get()
    assert operation.words == (
        "Ruth Calloway looked through their details; the name, no longer: E-mail, changed: Phone"
        " and new: Address"
    )
    undo_now(operation, by=owner.actor, at=at)
    assert (
        list(Customer.objects.values_list()),
        list(ContactPoint.objects.values_list()),
    ) == before


def test_what_cannot_be_read_changes_nothing(there: Client, ruth: Customer) -> None:
    before = points(ruth)

    answer = sent(there, name="Ruth Weir", **{f"point-{key(ruth, 'email')}": "no address"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert ["is no e-mail address" in page, 'value="Ruth Weir"' in page] == [True, True]
    assert points(ruth) == before
    assert not Operation.objects.exists()


def test_somebody_elses_details_are_out_of_reach(there: Client, ruth: Customer) -> None:
    from tests.factories.customers import make_customer

    oscar = make_customer("Oscar", email="oscar@x.example")

    sent(there, **{f"point-{key(oscar, 'email')}": "mine@x.example"})

    assert points(oscar)["email"][0] == "oscar@x.example"


def test_a_form_of_another_site_is_refused(there: Client, ruth: Customer) -> None:
    before = points(ruth)

    answer = there.post("/p/details", {"guard": "forged", "name": "Ruth Weir"})

    assert (answer.status_code, points(ruth)) == (403, before)


def test_without_a_link_there_is_nothing(client: Client, ruth: Customer) -> None:
    answers = client.get("/p/details"), client.post("/p/details")

    assert [answer.status_code for answer in answers] == [410, 410]
