"""What else is known of a customer: shown on their page, changed there, and not by everybody."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.customers.actions.custom import add_custom_field, set_custom_values
from regulars.customers.actions.interests import Heard, note_interest
from regulars.customers.actions.tags import add_tag, tag_customers
from regulars.customers.choices import CustomKind, InterestKind, Kind
from regulars.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    CustomField,
    CustomValue,
    Household,
    Interest,
    Relation,
)
from regulars.desk.customer_list import Wanted, wanted_customers
from regulars.lists.models import HiddenField
from regulars.team.models import Member
from tests.desk.test_customers import HTMX, SignIn
from tests.factories.customers import (
    A_DAY,
    make_customer,
    make_household,
    make_point,
    make_reference,
    make_relation,
)

pytestmark = pytest.mark.django_db

Answer = tuple[int, str]


@pytest.fixture
def ruth(owner: Member) -> Customer:
    return make_customer("Ruth Calloway", manager=owner, email="ruth@example.com")


@pytest.fixture
def desk(owner: Member, client_of: SignIn) -> Client:
    return client_of(owner)


def send(desk: Client, ruth: Customer, path: str, **form: object) -> Answer:
    """The status and the sentence that is said."""
    answer = desk.post(f"/customers/{ruth.pk}/{path}", form, headers=HTMX)
    woken = json.loads(answer.headers.get("HX-Trigger", "{}"))
    return answer.status_code, woken.get("toast", {}).get("text", answer.content.decode())


def undo_of(desk: Client, ruth: Customer, path: str, **form: object) -> str:
    answer = desk.post(f"/customers/{ruth.pk}/{path}", form, headers=HTMX)
    return str(json.loads(answer["HX-Trigger"])["toast"]["undo"])


def page(desk: Client, ruth: Customer) -> str:
    return desk.get(f"/customers/{ruth.pk}/").content.decode()


def make_field(label: str, kind: CustomKind, *choices: str) -> CustomField:
    return add_custom_field(label, kind, choices=choices, by=SYSTEM, at=A_DAY)


def test_a_relation_is_noted_by_name_ended_and_both_taken_back(
    desk: Client, ruth: Customer
) -> None:
    mill = make_customer("The Mill", kind=Kind.ORGANISATION)

    assert send(desk, ruth, "relations", kind="works_at", who="mill", since_on="2026-04-01") == (
        204, "Done: noted with The Mill.",
    )  # fmt: skip
    made = Relation.objects.get()
    assert (made.of, made.to, made.since_on) == (ruth, mill, date(2026, 4, 1))
    assert "Works here" in page(desk, mill)

    undo = undo_of(desk, ruth, f"relations/{made.pk}", deed="end", until_on="2026-05-01")
    assert Relation.objects.get().until_on == date(2026, 5, 1)
    desk.post(undo, headers=HTMX)
    assert Relation.objects.get().until_on is None

    undo = undo_of(desk, mill, f"relations/{made.pk}", deed="forget")
    assert not Relation.objects.exists()
    desk.post(undo, headers=HTMX)
    assert Relation.objects.values_list("of", "to", "since_on").get() == (
        ruth.pk, mill.pk, date(2026, 4, 1),
    )  # fmt: skip


def test_who_is_meant_is_asked_where_several_are_called_so(desk: Client, ruth: Customer) -> None:
    georges = [make_customer(f"George {name}") for name in ("Ash", "Birch")]

    status, asked = send(desk, ruth, "relations", kind="married_to", who="George")

    assert (status, asked.count('type="radio"')) == (200, 2)
    assert not Relation.objects.exists()
    send(desk, ruth, "relations", kind="married_to", who="George", to=georges[1].pk)
    assert Relation.objects.get().to == georges[1]


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("relations", {"kind": "works_at", "who": "Nobody"}),
        ("relations", {"kind": "works_at", "who": ""}),
        ("relations", {"kind": "rivals", "who": "Ada"}),
        ("relations", {"kind": "works_at", "who": "Ada"}),
        ("relations", {"kind": "married_to", "who": "Ada", "since_on": "soon"}),
        ("lives-with", {"who": "Nobody"}),
        ("lives-with", {"household": "999"}),
        ("household", {"deed": "leave"}),
        ("interests", {"kind": "need", "topic": " "}),
        ("interests", {"kind": "hobby", "topic": "Rye"}),
        ("tags", {"tag": ""}),
        ("tags", {"tag_id": "999"}),
        ("own-fields", {"own_size_there": "1", "own_size": "huge"}),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(
    desk: Client, ruth: Customer, path: str, form: dict[str, str]
) -> None:
    make_customer("Ada")
    make_field("Size", CustomKind.CHOICE, "Small", "Large")

    status, _said = send(desk, ruth, path, **form)

    assert status in (404, 422)
    kept = (Relation, Household, Interest, CustomerTag, CustomValue)
    assert [table._default_manager.count() for table in kept] == [0] * 5


def test_two_people_live_together_under_one_name_and_address(desk: Client, ruth: Customer) -> None:
    george = make_customer("George Calloway", address="8 Weir Cottages")

    assert send(desk, ruth, "lives-with", who="George") == (204, "Done: they live together.")
    home = Household.objects.get()
    assert (home.name, home.address) == ("Ruth and George Calloway", "8 Weir Cottages")
    send(desk, ruth, "household", name="The Calloways", address="2 Mill Lane")

    assert Household.objects.values_list("name", "address").get() == (
        "The Calloways", "2 Mill Lane",
    )  # fmt: skip
    assert "The Calloways" in page(desk, george)
    assert "2 Mill Lane" in page(desk, george)
    undo = undo_of(desk, ruth, "household", deed="leave")
    assert home.members.get() == george
    desk.post(undo, headers=HTMX)
    assert home.members.count() == 2


def test_a_point_is_judged_named_and_made_the_first(desk: Client, ruth: Customer) -> None:
    point = ruth.contact_points.get()

    line = {"value": point.value, "label": "Work", "is_primary": "yes"}
    send(desk, ruth, f"reach/{point.pk}", **line, state="stale")

    assert ContactPoint.objects.values_list("state", "label").get() == ("stale", "Work")
    assert "Out of date" in page(desk, ruth)
    assert "mailto:" not in page(desk, ruth)
    send(desk, ruth, f"reach/{point.pk}", **line, state="verified")
    assert ContactPoint.objects.get().verified_at is not None
    assert "mailto:" in page(desk, ruth)


def test_an_interest_is_noted_confirmed_ended_and_forgotten(desk: Client, ruth: Customer) -> None:
    send(desk, ruth, "interests", kind="need", topic="No nuts", words="For my sister.")
    made = Interest.objects.get()
    assert "For my sister." in page(desk, ruth)

    send(desk, ruth, f"interests/{made.pk}", deed="confirm")
    assert Interest.objects.get().confirmed_on is not None
    undo = undo_of(desk, ruth, f"interests/{made.pk}", deed="end")
    assert not Interest.objects.get().is_still_true
    desk.post(undo, headers=HTMX)
    assert Interest.objects.get().is_still_true
    send(desk, ruth, f"interests/{made.pk}", deed="forget")
    assert not Interest.objects.exists()


def test_a_tag_is_stuck_on_taken_off_and_put_back(desk: Client, ruth: Customer) -> None:
    send(desk, ruth, "tags", tag="Market")
    made = CustomerTag.objects.get()
    assert "Market" in page(desk, ruth)

    undo = undo_of(desk, ruth, f"tags/{made.tag_id}/off")
    assert not CustomerTag.objects.exists()
    desk.post(undo, headers=HTMX)

    assert CustomerTag.objects.get().customer == ruth


def test_fields_of_our_own_are_filled_in_and_what_is_not_on_the_form_stays(
    desk: Client, ruth: Customer
) -> None:
    days = make_field("Days", CustomKind.CHOICES, "Mon", "Tue")
    size = make_field("Size", CustomKind.NUMBER)

    send(
        desk, ruth, "own-fields", own_days_there="1", own_days=["mon", "tue"],
        own_size_there="1", own_size="12.5",
    )  # fmt: skip
    send(desk, ruth, "own-fields", own_days_there="1", own_days=[])

    assert CustomValue.objects.values_list("field", "number").get() == (size.pk, Decimal("12.5"))
    assert days.values.count() == 0
    assert "12.5" in page(desk, ruth)


ALL = {
    "relations": {"kind": "married_to", "who": "Ada"},
    "lives-with": {"who": "Ada"},
    "household": {"deed": "leave"},
    "interests": {"kind": "need", "topic": "Rye"},
    "tags": {"tag": "Market"},
    "own-fields": {},
}


@pytest.mark.parametrize("path", ALL)
def test_who_only_looks_changes_nothing_of_it(
    viewer: Member, client_of: SignIn, ruth: Customer, path: str
) -> None:
    make_customer("Ada")

    assert send(client_of(viewer), ruth, path, **ALL[path])[0] == 403


@pytest.mark.parametrize("path", ["relations/1", "reach/1", "interests/1", "tags/1/off"])
def test_who_only_looks_changes_no_row_of_it(
    viewer: Member, client_of: SignIn, ruth: Customer, path: str
) -> None:
    assert send(client_of(viewer), ruth, path)[0] == 403


def test_what_is_hidden_from_a_role_is_not_on_the_page(
    owner: Member, manager: Member, client_of: SignIn, ruth: Customer
) -> None:
    size = make_field("Secret size", CustomKind.TEXT)
    tag_customers(Customer.objects.all(), add_tag("Market", by=SYSTEM, at=A_DAY), by=SYSTEM,
                  at=A_DAY)  # fmt: skip
    set_custom_values(Customer.objects.all(), {size: "very large"}, by=SYSTEM, at=A_DAY)
    heard = Heard(InterestKind.NEED, "No nuts")
    note_interest(ruth, heard, by=SYSTEM, at=A_DAY, noted_on=date(2026, 4, 1))
    make_relation(ruth, "referred_by", make_customer("Ada"))
    names = ("customer.tags", "customer.needs", "customer.interests", "own.secret_size",
             "customer.referred_by")  # fmt: skip
    for name in names:
        HiddenField.objects.create(role="manager", field=name, hidden_at=A_DAY)

    theirs, ours = page(client_of(manager), ruth), page(client_of(owner), ruth)

    for word in ("Market", "Secret size", "very large", "No nuts", "Ada"):
        assert (word in theirs, word in ours) == (False, True)


def test_ways_to_reach_them_that_are_hidden_are_not_on_the_page_and_find_nobody(
    owner: Member, manager: Member, client_of: SignIn, ruth: Customer
) -> None:
    make_point(ruth, "phone", "020 7946 0011")
    make_reference(ruth, value="till-77")
    Customer.objects.update(about="No nuts", search_text=" ruth calloway example com")
    ada = make_customer("Ada")
    for name in ("customer.email", "customer.phone", "customer.about", "customer.reference"):
        HiddenField.objects.create(role="manager", field=name, hidden_at=A_DAY)

    theirs, ours = page(client_of(manager), ruth), page(client_of(owner), ruth)
    sought = {"kind": "married_to", "who": "ruth@example.com"}
    found = [send(client_of(who), ada, "relations", **sought)[0] for who in (manager, owner)]

    for word in ("ruth@example.com", "7946 0011", "No nuts", "till-77"):
        assert (word in theirs, word in ours) == (False, True)
    assert found == [422, 204]
    assert list(wanted_customers(manager.actor, Wanted(text="ruth@example.com"))) == []
    twins = {"kind": "person", "name": "Ruth", "reach": "ruth@example.com"}
    asked = [client_of(who).get("/customers/new/twins", twins) for who in (manager, owner)]
    assert ["Ruth Calloway" in answer.content.decode() for answer in asked] == [False, True]


def test_a_helper_enters_no_household_of_others_and_moves_none(
    helper: Member, client_of: SignIn, ruth: Customer
) -> None:
    home = make_household(ruth)
    theirs, desk = make_customer("Thea", manager=helper), client_of(helper)

    assert send(desk, theirs, "lives-with", household=home.pk)[0] == 404
    assert home.members.get() == ruth
    Customer.objects.filter(pk=theirs.pk).update(household=home)
    friend = make_customer("Joan Hale", manager=helper, address="1 Hidden Lane")
    assert send(desk, theirs, "lives-with", who="Joan Hale")[0] == 422
    friend.refresh_from_db()
    assert friend.household is None
    assert send(desk, theirs, "household", name="Ours", address="2 Mill Lane")[0] == 422

    home.refresh_from_db()
    assert (home.name, home.address) == ("8 Weir Cottages", "")


def test_the_page_asks_as_often_for_three_of_each_as_for_one(desk: Client, ruth: Customer) -> None:
    fields = [make_field(f"Field {number}", CustomKind.TEXT) for number in range(3)]

    def more(number: int) -> None:
        heard = Heard(InterestKind.NEED, f"Topic {number}")
        note_interest(ruth, heard, by=SYSTEM, at=A_DAY, noted_on=date(2026, 4, 1))
        make_relation(ruth, "referred_by", make_customer(f"Friend {number}"))
        tag = add_tag(f"Tag {number}", by=SYSTEM, at=A_DAY)
        tag_customers(Customer.objects.filter(pk=ruth.pk), tag, by=SYSTEM, at=A_DAY)
        only = Customer.objects.filter(pk=ruth.pk)
        set_custom_values(only, {fields[number]: "x"}, by=SYSTEM, at=A_DAY)

    make_household(ruth, make_customer("Ada"))
    more(0)
    page(desk, ruth)
    with CaptureQueriesContext(connection) as one:
        page(desk, ruth)
    more(1)
    more(2)
    with CaptureQueriesContext(connection) as three:
        page(desk, ruth)

    assert len(one) == len(three)
