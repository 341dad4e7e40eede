"""The screens of segments: found again, looked into, renamed and put away."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import COMMAND
from regulars.customers.models import ContactPoint
from regulars.lists.actions.segments import refresh_segment, save_segment
from regulars.lists.models import HiddenField, Segment
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
YORK = {"field": "customer.city", "is": "is", "value": "York"}


def make_segment(at: datetime, name: str = "In York") -> Segment:
    segment = save_segment(name, YORK, by=COMMAND, at=at)
    refresh_segment(segment, at=at)
    segment.refresh_from_db()
    return segment


def test_a_segment_says_who_came_in_and_who_left(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    for name in ("Ruth Mill", "Oscar Weir"):
        make_point(make_customer(name), "address", f"1 {name}", city="York")
    segment = make_segment(at)
    ContactPoint.objects.filter(customer__name="Oscar Weir").update(city="Leeds")
    refresh_segment(segment, at=at)

    page = client_of(owner).get(f"/customers/segments/{segment.pk}/").content.decode()

    came, left = page.partition("Came in last")[2].split("Left last")
    assert ("Ruth Mill" in came, "Oscar Weir" in came) == (True, False)
    assert ("Ruth Mill" in left, "Oscar Weir" in left) == (False, True)
    assert "Town is “York”." in page
    assert "1 customer is in it." in page


def test_segments_are_listed_with_as_many_queries_for_three_as_for_one(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    here = client_of(owner)
    assert "Build a filter" in here.get("/customers/segments/").content.decode()
    make_segment(at)
    here.get("/customers/segments/")
    with CaptureQueriesContext(connection) as one:
        page = here.get("/customers/segments/").content.decode()
    for name in ("Still York", "York again"):
        make_segment(at, name)
    with CaptureQueriesContext(connection) as three:
        here.get("/customers/segments/")

    assert "In York" in page
    assert len(one) == len(three)


def test_a_segment_is_renamed_and_put_away(client_of: SignIn, owner: Member, at: datetime) -> None:
    segment, here = make_segment(at), client_of(owner)

    here.post(f"/customers/segments/{segment.pk}/name", {"name": "Yorkers"})
    assert Segment.objects.get().name == "Yorkers"
    here.post(f"/customers/segments/{segment.pk}/away")

    assert not Segment.objects.standing().exists()
    assert here.get(f"/customers/segments/{segment.pk}/").status_code == 404


def test_a_segment_that_another_asks_for_stays(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    segment = make_segment(at)
    save_segment("Of them", {"segment": segment.pk}, by=COMMAND, at=at)

    answer = client_of(owner).post(f"/customers/segments/{segment.pk}/away")

    assert (answer.status_code, Segment.objects.standing().count()) == (403, 2)
    assert "“Of them” asks for this segment." in answer.content.decode()


def test_who_may_not_see_a_segment_finds_none(
    client_of: SignIn, helper: Member, manager: Member, viewer: Member, at: datetime
) -> None:
    segment = make_segment(at)
    HiddenField.objects.create(role="manager", field="customer.city", hidden_at=at)
    address = f"/customers/segments/{segment.pk}/"

    asked = [client_of(who).get(address).status_code for who in (helper, manager, viewer)]

    assert asked == [404, 404, 200]
    assert "In York" not in client_of(manager).get("/customers/segments/").content.decode()
    assert client_of(viewer).post(f"{address}away").status_code == 403
    assert Segment.objects.standing().exists()
