"""Who left and why, on the screen."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.departures.choices import Reason, SaidBy
from regulars.departures.models import Departure
from regulars.departures.queries.leaving import reasons_counted
from regulars.team.models import Member
from tests.factories.customers import make_customer
from tests.factories.departures import make_departure

pytestmark = pytest.mark.django_db
ClientOf = Callable[[Member], Client]
HTMX = {"HX-Request": "true"}
GIVEN = {"reason": "price", "said_by": "they", "sureness": "likely", "words": "Too <dear>"}


def test_written_down_on_their_page_and_undone(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    here, ruth = client_of(manager), make_customer(manager=manager)

    made = here.post(f"/departures/of/{ruth.pk}/new", GIVEN, headers=HTMX)
    left = Departure.objects.get()
    page = here.get(f"/customers/{ruth.pk}/").content.decode()
    toast = json.loads(made["HX-Trigger"])["toast"]

    assert (made.status_code, left.sureness) == (204, "likely")
    assert "Too &lt;dear&gt;" in page
    assert toast == {"text": "Written down.", "undo": f"/departures/{left.pk}/undo/standing"}
    assert here.post(f"/departures/{left.pk}/back", headers=HTMX).status_code == 204
    assert "came back" in here.get(f"/departures/of/{ruth.pk}").content.decode()
    assert here.post(f"/departures/{left.pk}/undo/back", headers=HTMX).status_code == 204
    assert here.post(toast["undo"], headers=HTMX).status_code == 204
    assert Departure.objects.count() == 0


def test_a_department_shows_only_what_was_written_before(
    client_of: ClientOf, manager: Member, at: datetime
) -> None:
    kitchen, cellar = make_customer("Kitchen", manager=manager), make_customer("Cellar")
    make_departure(kitchen, at)
    Customer.objects.update(kind=Kind.DEPARTMENT)
    here = client_of(manager)

    before = here.get(f"/departures/of/{kitchen.pk}").content.decode()
    no = here.post(f"/departures/of/{kitchen.pk}/new", GIVEN, headers=HTMX)

    assert here.get(f"/departures/of/{cellar.pk}").content.decode().strip() == ""
    assert 'id="departure"' in before
    assert ("They are back" in before, "Write it anew" in before) == (True, False)
    assert no.status_code == 422
    assert "A department of ours does not leave." in no.content.decode()


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"reason": "weather"}, "not one of the available choices"),
        ({"left_on": "2027-01-01"}, "That day is still to come"),
        ({"reason": "unknown", "words": ""}, "gave a reason"),
        ({"words": "x" * 2001}, "at most 2000"),
    ],
)
def test_what_cannot_be_kept_is_said_in_the_panel(
    client_of: ClientOf, manager: Member, at: datetime, over: dict[str, str], said: str
) -> None:
    ruth = make_customer(manager=manager)

    answer = client_of(manager).post(f"/departures/of/{ruth.pk}/new", GIVEN | over, headers=HTMX)

    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert Departure.objects.count() == 0


def test_shares_are_told_from_twenty_known_reasons_on(owner: Member, at: datetime) -> None:
    for number in range(19):
        make_departure(make_customer(f"Gone {number}"), at, reason=Reason.MOVED)
    make_departure(make_customer("?"), at, reason=Reason.UNKNOWN, said_by=SaidBy.GUESSED)

    few = reasons_counted(owner.actor)
    make_departure(make_customer("Dear"), at)
    enough = reasons_counted(owner.actor)

    assert [(one.reason, one.total, one.is_told) for one in few] == [
        ("moved", 19, False), ("unknown", 1, False),
    ]  # fmt: skip
    assert [(one.reason, one.share, one.is_told) for one in enough] == [
        ("moved", 0.95, True), ("price", 0.05, True), ("unknown", 0.0, False),
    ]  # fmt: skip
    # Wilson's bounds of 19 in 20, worked by hand.
    assert (round(enough[0].low or 0, 3), round(enough[0].high or 0, 3)) == (0.764, 0.991)


def test_each_reason_opens_its_customers(client_of: ClientOf, owner: Member, at: datetime) -> None:
    here = client_of(owner)
    make_departure(make_customer("Dora Dear"), at)
    make_departure(make_customer("Mo Moved"), at, reason=Reason.MOVED)

    price = next(one for one in reasons_counted(owner.actor) if one.reason == "price")
    page = here.get("/departures/").content.decode()
    found = here.get(price.customers).content.decode()

    assert "too few to tell" in page
    assert ("Dora Dear" in found, "Mo Moved" in found) == (True, False)
    only = here.get("/departures/?reason=moved").content.decode()
    assert ("Dora Dear" in only, "Mo Moved" in only) == (False, True)
    assert here.get("/departures/?show=no&reason=none&page=zero").status_code == 200


def test_as_many_queries_for_three_as_for_one(
    client_of: ClientOf, owner: Member, at: datetime
) -> None:
    here, counts = client_of(owner), []
    for name in ("A", "B", "C"):
        make_departure(make_customer(name), at)
        here.get("/departures/")
        with CaptureQueriesContext(connection) as asked:
            here.get("/departures/")
        counts.append(len(asked))

    assert counts[0] == counts[2]


def test_who_looks_only_writes_nothing(client_of: ClientOf, viewer: Member, at: datetime) -> None:
    here, ruth = client_of(viewer), make_customer()

    assert here.get("/departures/").status_code == 200
    assert here.post(f"/departures/of/{ruth.pk}/new", GIVEN).status_code == 403
    assert here.post("/departures/999/back").status_code == 403
    assert Departure.objects.count() == 0


def test_who_is_in_the_trash_or_another_helpers_counts_in_nothing(
    client_of: ClientOf, helper: Member, owner: Member, at: datetime
) -> None:
    theirs, other = make_customer(manager=helper), make_customer()
    for customer in (theirs, other, make_customer(deleted_at=at)):
        make_departure(customer, at)

    told = [[one.gone for one in reasons_counted(member.actor)] for member in (helper, owner)]
    [of_helper, of_owner] = [
        client_of(member).get("/departures/why/price").content.decode()
        for member in (helper, owner)
    ]

    assert told == [[1], [2]]
    assert "Price: 1 is gone" in of_helper
    assert "Price: 2 are gone" in of_owner


def test_of_customers_whom_they_do_not_see_nothing_is_told(
    client_of: ClientOf, helper: Member, owner: Member, at: datetime
) -> None:
    left = make_departure(make_customer("Hidden Hal"), at)

    here = client_of(helper)

    assert "Hidden Hal" not in here.get("/departures/").content.decode()
    assert here.post(f"/departures/{left.pk}/back").status_code == 404
