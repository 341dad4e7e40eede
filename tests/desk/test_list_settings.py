"""Fields of our own and tags, put in order by those who may."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.customers.actions.custom import add_custom_field, set_custom_values
from regulars.customers.actions.tags import add_tag, tag_customers
from regulars.customers.choices import CustomKind
from regulars.customers.models import Customer, CustomerTag, CustomField, Tag
from regulars.lists.models import Segment, View
from regulars.team.models import Member
from tests.desk.test_customers import SignIn
from tests.factories.customers import A_DAY, make_customer

pytestmark = pytest.mark.django_db

HERE = "/customers/settings"


@pytest.fixture
def desk(owner: Member, client_of: SignIn) -> Client:
    return client_of(owner)


def make_field(label: str = "Size", kind: CustomKind = CustomKind.TEXT) -> CustomField:
    return add_custom_field(label, kind, choices=["Small", "Large"], by=SYSTEM, at=A_DAY)


def make_tag(name: str) -> Tag:
    return add_tag(name, by=SYSTEM, at=A_DAY)


def test_a_field_is_made_and_on_every_page_at_once(desk: Client) -> None:
    ruth = make_customer()

    form = {"label": "Box", "kind": "choice", "choices": "Small\n\nLarge"}
    answer = desk.post(f"{HERE}/fields", form, follow=True)

    assert answer.redirect_chain == [(HERE, 302)]
    assert CustomField.objects.get().labels == {"small": "Small", "large": "Large"}
    assert b'name="own_box"' in desk.get(f"/customers/{ruth.pk}/").content


def test_a_field_is_renamed_moved_archived_and_put_back(desk: Client) -> None:
    first, second = make_field("Size", CustomKind.CHOICE), make_field("Round")
    path = f"{HERE}/fields/{first.pk}"

    desk.post(path, {"label": "Box", "choice_small": "Tiny", "choice_large": "Large",
                     "choices": "Huge"})  # fmt: skip
    desk.post(path, {"deed": "down"})

    assert list(CustomField.objects.values_list("label", flat=True)) == ["Round", "Box"]
    first.refresh_from_db()
    assert first.labels == {"small": "Tiny", "large": "Large", "huge": "Huge"}
    desk.post(path, {"deed": "archive"})
    assert CustomField.objects.get(archived_at=None) == second
    assert b"Put it back" in desk.get(HERE).content
    desk.post(path, {"deed": "restore"})
    assert CustomField.objects.filter(archived_at=None).count() == 2


def test_a_field_says_who_has_it_and_what_uses_it(desk: Client, owner: Member) -> None:
    field = make_field()
    make_customer()
    set_custom_values(Customer.objects.all(), {field: "L"}, by=SYSTEM, at=A_DAY)
    for name, is_shared in (("Large ones", True), ("Secret", False)):
        View.objects.create(
            name=name, is_shared=is_shared, columns=["own.size"], created_at=A_DAY,
            changed_at=A_DAY,
        )  # fmt: skip

    said = desk.get(HERE).content.decode()

    assert "1 customer has something in it · used in Large ones" in said
    assert "Secret" not in said


def test_a_tag_is_made_written_otherwise_put_together_and_deleted(desk: Client) -> None:
    make_customer()
    sunday = make_tag("Sunday")
    tag_customers(Customer.objects.all(), sunday, by=SYSTEM, at=A_DAY)

    desk.post(f"{HERE}/tags", {"name": "Market", "colour": "plum"})
    market = Tag.objects.get(name="Market")
    desk.post(f"{HERE}/tags/{market.pk}", {"name": "Fair", "colour": "red"})
    assert Tag.objects.values_list("name", "colour").get(pk=market.pk) == ("Fair", "red")
    desk.post(f"{HERE}/tags/{sunday.pk}", {"deed": "merge", "into": market.pk})
    assert CustomerTag.objects.get().tag == market
    answer = desk.post(f"{HERE}/tags/{market.pk}", {"deed": "delete"}, follow=True)

    assert "“Fair” is off 1 customer." in answer.content.decode()
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("fields", {"label": "", "kind": "text"}),
        ("fields", {"label": "Box", "kind": "essay"}),
        ("fields", {"label": "Box", "kind": "choice", "choices": ""}),
        ("tags", {"name": " "}),
    ],
)
def test_what_does_not_fit_is_refused(desk: Client, path: str, form: dict[str, str]) -> None:
    answer = desk.post(f"{HERE}/{path}", form)

    assert answer.status_code == 422
    assert (CustomField.objects.count(), Tag.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "form",
    [{"deed": "merge", "into": ""}, {"name": "Fair", "colour": "gold"}, {"name": ""}],
    ids=["no other", "no such colour", "no name"],
)
def test_a_tag_is_not_changed_by_what_does_not_fit(desk: Client, form: dict[str, str]) -> None:
    tag = make_tag("Market")

    answer = desk.post(f"{HERE}/tags/{tag.pk}", form)

    assert answer.status_code == 422
    assert Tag.objects.values_list("name", flat=True).get() == "Market"


def test_a_manager_tidies_tags_and_makes_no_fields(manager: Member, client_of: SignIn) -> None:
    desk = client_of(manager)

    assert desk.post(f"{HERE}/tags", {"name": "Market"}).status_code == 302
    assert desk.post(f"{HERE}/fields", {"label": "Box", "kind": "text"}).status_code == 403
    assert desk.post(f"{HERE}/fields/{make_field().pk}", {"deed": "archive"}).status_code == 403
    assert b"Make this field" not in desk.get(HERE).content


@pytest.mark.parametrize("who", ["helper", "viewer"])
def test_others_look_and_change_nothing(
    who: str, client_of: SignIn, request: pytest.FixtureRequest
) -> None:
    desk, tag = client_of(request.getfixturevalue(who)), make_tag("Market")

    assert desk.get(HERE).status_code == 200
    assert desk.post(f"{HERE}/tags", {"name": "Fair"}).status_code == 403
    assert desk.post(f"{HERE}/tags/{tag.pk}", {"deed": "delete"}).status_code == 403


def test_the_page_asks_as_often_for_three_fields_as_for_one(desk: Client) -> None:
    make_field("A")
    make_tag("A")
    desk.get(HERE)
    with CaptureQueriesContext(connection) as one:
        desk.get(HERE)
    for name in ("B", "C"):
        make_field(name)
        make_tag(name)
    with CaptureQueriesContext(connection) as three:
        desk.get(HERE)

    assert len(one) == len(three)


def test_who_sees_some_alone_is_not_told_how_many_there_are(
    desk: Client, helper: Member, client_of: SignIn
) -> None:
    field, tag = make_field("Size"), make_tag("Early")
    everybody = [make_customer(name) for name in ("Ruth", "Ada", "Grace", "Mary", "Joan", "Hedy")]
    rows = Customer.objects.filter(pk__in=[one.pk for one in everybody])
    set_custom_values(rows, {field: "8"}, by=SYSTEM, at=A_DAY)
    tag_customers(rows, tag, by=SYSTEM, at=A_DAY)
    asks = {"field": "own.size", "is": "is", "value": "8"}
    Segment.objects.create(name="Big", tree=asks, created_at=A_DAY, changed_at=A_DAY)

    theirs = client_of(helper).get(HERE).content.decode()
    ours = desk.get(HERE).content.decode()

    assert ("6 customers" in ours, "used in Big" in ours) == (True, True)
    assert ("6 customers" in theirs, "used in Big" in theirs) == (False, False)
    assert "Early" in theirs
