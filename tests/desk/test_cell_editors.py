"""Every sort of cell: written, read again, and taken back to the last sign."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from regulars.customers.actions.custom import add_custom_field
from regulars.customers.actions.households import make_household
from regulars.customers.actions.points import add_contact_point, set_point_state
from regulars.customers.choices import CustomKind, PointKind, PointState
from regulars.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    CustomField,
    CustomValue,
    Tag,
)
from regulars.team.models import Member
from tests.factories.customers import A_DAY, make_customer, make_point

pytestmark = pytest.mark.django_db

SignIn = Callable[[Member], Client]
KINDS = {
    CustomKind.TEXT: ("Rye", "Oat"), CustomKind.NUMBER: ("7.5", "8"),
    CustomKind.MONEY: ("12.50", "3.00"), CustomKind.DAY: ("2026-03-01", "2026-04-02"),
    CustomKind.CHOICE: ("small", "large"), CustomKind.CHOICES: ("small,large", "large"),
    CustomKind.FLAG: ("yes", "no"), CustomKind.LINK: ("https://a.test/", "https://b.test/"),
}  # fmt: skip


def address(customer: Customer, name: str) -> str:
    return f"/customers/{customer.pk}/cell/{name}"


def undo_of(answer: object) -> str:
    undo: str = json.loads(answer["HX-Trigger"])["toast"]["undo"]  # type: ignore[index]
    return undo


def all_rows(*left_out: str) -> list[object]:
    tables = (Customer, ContactPoint, CustomerTag, CustomValue)
    return [
        [{k: v for k, v in row.items() if k not in (*left_out, "updated_at", "id")}
         for row in table.objects.order_by("pk").values()]
        for table in tables
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_field_of_our_own_is_written_in_its_cell_and_taken_back(
    client_of: SignIn, owner: Member, at: datetime, kind: CustomKind
) -> None:
    first, second = KINDS[kind]
    field = add_custom_field(
        "Ours", kind, by=owner.actor, at=at,
        choices=["small", "large"] if kind in (CustomKind.CHOICE, CustomKind.CHOICES) else (),
    )  # fmt: skip
    ruth, here, name = make_customer(), client_of(owner), f"own.{field.key}"
    here.post(address(ruth, name), {"value": first.split(","), "seen": ""})
    before = all_rows("tagged_at")

    form = here.get(address(ruth, name)).content.decode()
    kept = here.post(address(ruth, name), {"value": second.split(","), "seen": first})

    assert f'name="seen" form="cells" value="{first}"' in form
    assert kept.status_code == 200
    assert all_rows("tagged_at") != before
    here.post(undo_of(kept))
    assert all_rows("tagged_at") == before


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("customer.email", "ruth@old.test", "ruth@new.test"),
        ("customer.phone", "01632 960214", "01632 960215"),
        ("customer.city", "York", "Leeds"),
        ("customer.postcode", "AM4 2TR", "AM4 9ZZ"),
        ("customer.since_on", "2020-02-03", "2021-02-03"),
        ("customer.kind", "organisation", "person"),
    ],
)
def test_one_value_is_written_in_its_cell_and_taken_back(
    client_of: SignIn, owner: Member, at: datetime, name: str, first: str, second: str
) -> None:
    ruth, here = make_customer(), client_of(owner)
    seen = "person" if name == "customer.kind" else ""
    made = here.post(address(ruth, name), {"value": first, "seen": seen})
    before = all_rows()

    kept = here.post(address(ruth, name), {"value": second, "seen": first})

    assert [made.status_code, kept.status_code] == [200, 200]
    assert all_rows() != before
    here.post(undo_of(kept))
    assert all_rows() == before
    here.post(undo_of(made))
    assert ContactPoint.objects.count() == 0


def test_an_address_that_bounced_bounces_again_when_its_correction_is_taken_back(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    ruth, here = make_customer(email="ruth@old.test"), client_of(owner)
    set_point_state(ruth.contact_points.get(), PointState.BOUNCED, by=owner.actor, at=at)

    kept = here.post(
        address(ruth, "customer.email"), {"value": "ruth@new.test", "seen": "ruth@old.test"}
    )
    assert ruth.contact_points.get().state == PointState.USABLE
    here.post(undo_of(kept))

    point = ruth.contact_points.get()
    assert (point.value, point.state) == ("ruth@old.test", PointState.BOUNCED)


def test_the_first_of_several_is_changed_and_an_empty_cell_forgets_it(
    client_of: SignIn, owner: Member
) -> None:
    ruth, here = make_customer(email="ruth@home.test"), client_of(owner)
    make_point(ruth, PointKind.EMAIL, "ruth@work.test", is_primary=False)

    form = here.get(address(ruth, "customer.email")).content.decode()
    here.post(address(ruth, "customer.email"), {"value": "", "seen": "ruth@home.test"})

    assert "This is the first of several" in form
    assert list(ruth.contact_points.values_list("value", "is_primary")) == [
        ("ruth@work.test", True)
    ]


def test_tags_are_ticked_and_taken_off_in_one_cell(client_of: SignIn, owner: Member) -> None:
    trade, gold = (
        Tag.objects.create(name=name, folded=name, created_at=A_DAY) for name in ("trade", "gold")
    )
    ruth, here = make_customer(), client_of(owner)
    CustomerTag.objects.create(customer=ruth, tag=trade, tagged_at=A_DAY)

    kept = here.post(
        address(ruth, "customer.tags"), {"value": [str(gold.pk)], "seen": str(trade.pk)}
    )

    assert list(CustomerTag.objects.values_list("tag__name", flat=True)) == ["gold"]
    here.post(undo_of(kept))
    assert list(CustomerTag.objects.values_list("tag__name", flat=True)) == ["trade"]
    here.post(address(ruth, "customer.tags"), {"seen": str(trade.pk)})
    assert not CustomerTag.objects.exists()


def test_who_was_slower_at_an_address_sees_both(
    client_of: SignIn, owner: Member, manager: Member, at: datetime
) -> None:
    ruth, here = make_customer(), client_of(owner)
    add_contact_point(ruth, PointKind.EMAIL, "ruth@theirs.test", by=manager.actor, at=at)

    warned = here.post(address(ruth, "customer.email"), {"value": "ruth@mine.test", "seen": ""})

    assert warned.status_code == 422
    assert "it says “ruth@theirs.test” now. You wrote “ruth@mine.test”." in warned.content.decode()
    assert ruth.contact_points.get().value == "ruth@theirs.test"


def test_an_undo_leaves_an_address_that_somebody_judged_since(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    ruth, here = make_customer(email="ruth@old.test"), client_of(owner)
    kept = here.post(
        address(ruth, "customer.email"), {"value": "ruth@new.test", "seen": "ruth@old.test"}
    )
    set_point_state(ruth.contact_points.get(), PointState.STALE, by=owner.actor, at=at)

    said = here.post(undo_of(kept), headers={"HX-Request": "true"})

    assert "stays as it is now" in said["HX-Trigger"]
    assert ruth.contact_points.get().value == "ruth@new.test"


def test_the_address_of_a_household_is_changed_for_all_on_its_page(
    client_of: SignIn, owner: Member, at: datetime
) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada")
    make_point(ruth, PointKind.ADDRESS, "8 Weir", street="8 Weir", city="York")
    make_household("8 Weir", [ruth, ada], by=owner.actor, at=at)

    refused = client_of(owner).post(
        address(ada, "customer.city"), {"value": "Leeds", "seen": "York"}
    )

    assert refused.status_code == 422
    assert "This is the address of their household" in refused.content.decode()
    assert set(ContactPoint.objects.values_list("city", flat=True)) == {"York"}


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("customer.email", "nobody"), ("customer.since_on", "soon"), ("customer.kind", "ghost"),
        ("customer.postcode", "x" * 41), ("own.loaves", "many"), ("customer.tags", "77"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_in_its_cell(
    client_of: SignIn, owner: Member, at: datetime, name: str, given: str
) -> None:
    add_custom_field("Loaves", CustomKind.NUMBER, by=owner.actor, at=at)
    ruth, here = make_customer(), client_of(owner)
    before = all_rows()

    seen = "person" if name == "customer.kind" else ""
    answer = here.post(address(ruth, name), {"value": given, "seen": seen})

    assert answer.status_code in (404, 422)
    assert all_rows() == before
    assert CustomField.objects.count() == 1
