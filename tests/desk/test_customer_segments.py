"""The segments of a customer on their page: since when and why, and only what one may see."""

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.customers.models import Customer
from regulars.lists.actions.segments import refresh_segment, save_segment
from regulars.lists.models import HiddenField, Segment
from regulars.team.models import Member
from tests.desk.test_customers import HTMX, SignIn
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth(owner: Member) -> Customer:
    return make_customer("Ruth Calloway", manager=owner)


@pytest.fixture
def desk(owner: Member, client_of: SignIn) -> Client:
    return client_of(owner)


def make_segment(name: str, owner: Member, at: datetime, *, field: str = "kind") -> Segment:
    tree: dict[str, object] = {"field": f"customer.{field}", "is": "is", "value": "person"}
    if field != "kind":
        tree = {"not": {"field": f"customer.{field}", "is": "is", "value": "York"}}
    segment = save_segment(name, tree, by=owner.actor, at=at)
    refresh_segment(segment, at=at)
    return segment


def page(desk: Client, ruth: Customer) -> str:
    return desk.get(f"/customers/{ruth.pk}/").content.decode()


def test_the_page_names_the_segments_and_says_why_when_asked(
    desk: Client, owner: Member, ruth: Customer, at: datetime
) -> None:
    assert "Segments they are in" not in page(desk, ruth)
    segment = make_segment("People we serve", owner, at)
    why = f"/customers/{ruth.pk}/segments/{segment.pk}"

    shown = page(desk, ruth)
    part = desk.get(why, headers=HTMX).content.decode()
    whole = desk.get(why).content.decode()

    assert "People we serve" in shown
    assert f'href="{why}"' in shown
    for said in ("In “People we serve” since 24 November 2026.", "Yes: Kind is Person"):
        assert (said in part, said in whole) == (True, True)
    assert ("<html" in part, "<html" in whole) == (False, True)


def test_what_asks_for_something_hidden_is_not_there(
    owner: Member, manager: Member, client_of: SignIn, ruth: Customer, at: datetime
) -> None:
    segment = make_segment("Not from York", owner, at, field="city")
    HiddenField.objects.create(role="manager", field="customer.city", hidden_at=A_DAY)
    theirs = client_of(manager)

    assert "Not from York" not in page(theirs, ruth)
    assert theirs.get(f"/customers/{ruth.pk}/segments/{segment.pk}").status_code == 404
    assert "Not from York" in page(client_of(owner), ruth)


def test_who_sees_their_own_customers_alone_sees_no_segment(
    owner: Member, client_of: SignIn, helper: Member, at: datetime
) -> None:
    ruth = make_customer("Ruth Calloway", manager=helper)
    segment = make_segment("People we serve", owner, at)
    theirs = client_of(helper)

    assert "People we serve" not in page(theirs, ruth)
    assert theirs.get(f"/customers/{ruth.pk}/segments/{segment.pk}").status_code == 404


def test_the_page_asks_as_often_for_three_segments_as_for_one(
    desk: Client, owner: Member, ruth: Customer, at: datetime
) -> None:
    make_segment("Segment 0", owner, at)
    page(desk, ruth)
    with CaptureQueriesContext(connection) as one:
        page(desk, ruth)
    for name in ("Segment 1", "Segment 2"):
        make_segment(name, owner, at)
    with CaptureQueriesContext(connection) as three:
        shown = page(desk, ruth)

    assert "Segment 2" in shown
    assert len(one) == len(three)
