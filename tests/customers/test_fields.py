from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.core.list_fields import every_list_field
from regulars.core.money import Money
from regulars.core.template_fields import template_fields_now, values_for
from regulars.customers.actions.custom import (
    add_custom_field,
    archive_custom_field,
    set_custom_values,
)
from regulars.customers.actions.interests import Heard, note_interest
from regulars.customers.actions.tags import add_tag, tag_customers
from regulars.customers.choices import CustomKind, InterestKind, Kind
from regulars.customers.custom_values import Held
from regulars.customers.models import Customer, CustomField
from regulars.lists.queries.fields import asking_of, list_fields_now
from regulars.lists.queries.filters import compile_filter, customers_of
from regulars.lists.queries.pages import in_words, values_of
from regulars.lists.trees import read
from regulars.team.models import Business, Member
from tests.factories.customers import A_DAY, make_customer, make_point, make_relation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

VALUES: dict[CustomKind, Held] = {
    CustomKind.TEXT: "by van", CustomKind.NUMBER: Decimal("12.5"),
    CustomKind.MONEY: Money(1999, "GBP"), CustomKind.DAY: date(2026, 4, 1),
    CustomKind.CHOICE: "small", CustomKind.CHOICES: ("small", "large"), CustomKind.FLAG: True,
    CustomKind.LINK: "https://example.com",
}  # fmt: skip


def make_field(label: str, kind: CustomKind) -> CustomField:
    return add_custom_field(label, kind, choices=["Small", "Large"], by=SYSTEM, at=A_DAY)


def own_fields() -> dict[CustomKind, CustomField]:
    return {kind: make_field(f"The {kind}", kind) for kind in CustomKind}


def give(customer: Customer, values: dict[CustomField, Held | None]) -> None:
    only = Customer.objects.filter(pk=customer.pk)
    set_custom_values(only, values, by=SYSTEM, at=A_DAY)


def found(name: str, op: str, value: Any = None) -> list[str]:
    tree = {"field": name, "is": op, **({} if value is None else {"value": value})}
    rows = customers_of(read(tree), asking_of(SYSTEM, A_DAY))
    return list(rows.order_by("name").values_list("name", flat=True))


@pytest.mark.parametrize(
    ("kind", "op", "value", "others"),
    [
        (CustomKind.TEXT, "contains", "VAN", False),
        (CustomKind.NUMBER, "at_least", 12.5, False),
        (CustomKind.MONEY, "between", [1999, 2000], False),
        (CustomKind.DAY, "until", "2026-04-01", False),
        (CustomKind.CHOICE, "is", "small", False),
        (CustomKind.CHOICE, "is_not", "small", True),
        (CustomKind.CHOICES, "all_of", ["small", "large"], False),
        (CustomKind.FLAG, "yes", None, False),
        (CustomKind.FLAG, "no", None, True),
        (CustomKind.LINK, "filled", None, False),
        (CustomKind.LINK, "empty", None, True),
    ],
)
def test_customers_are_found_by_every_kind_of_field(
    kind: CustomKind, op: str, value: Any, others: bool
) -> None:
    field = make_field("Own", kind)
    give(make_customer("Anna"), {field: VALUES[kind]})
    make_customer("Ben")

    assert found("own.own", op, value) == (["Ben"] if others else ["Anna"])


def test_a_list_shows_every_kind_of_field() -> None:
    fields = own_fields()
    anna = make_customer("Anna")
    give(anna, {fields[kind]: held for kind, held in VALUES.items()})
    listed = [every_list_field()[f"own.the_{kind}"] for kind in CustomKind]

    held = values_of(listed, [anna.pk])[anna.pk]

    assert [in_words(one, held[one.name], "GBP") for one in listed] == [
        "by van", "12.5", "£19.99", "2026-04-01", "Small", "Small, Large", "yes",
        "https://example.com",
    ]  # fmt: skip


def test_a_text_says_every_kind_of_field_in_one_go() -> None:
    fields = own_fields()
    anna, ben = make_customer("Anna"), make_customer("Ben")
    give(anna, {fields[kind]: held for kind, held in VALUES.items()})
    names = [field.name for field in fields.values()]

    with CaptureQueriesContext(connection) as queries:
        said = values_for(names, [anna.pk, ben.pk], A_DAY)

    assert said[anna.pk] == {
        "own_the_text": "by van", "own_the_number": "12.5", "own_the_money": "£19.99",
        "own_the_day": "2026-04-01", "own_the_choice": "Small",
        "own_the_choices": "Small, Large", "own_the_flag": "Yes",
        "own_the_link": "https://example.com",
    }  # fmt: skip
    assert said[ben.pk] == dict.fromkeys(names, "")
    # What fields there are, of three kinds; which of them are read; their values; the currency.
    assert len(queries) == 6


def test_a_new_field_is_on_lists_and_in_texts_at_once_and_an_archived_one_on_neither() -> None:
    field = make_field("Delivery day", CustomKind.TEXT)
    anna = make_customer("Anna")
    give(anna, {field: "Tuesday"})
    assert "own.delivery_day" in list_fields_now(SYSTEM)
    assert "own_delivery_day" in template_fields_now()

    archive_custom_field(field, by=SYSTEM, at=A_DAY)

    assert "own.delivery_day" not in list_fields_now(SYSTEM)
    assert "own_delivery_day" not in template_fields_now()
    # A text that is out already says it still, and a view that asks for it says that it is gone.
    assert values_for([field.name], [anna.pk], A_DAY)[anna.pk] == {field.name: "Tuesday"}
    assert every_list_field()["own.delivery_day"].is_archived


def test_who_has_nothing_in_a_field_is_found_before_a_text_leaves() -> None:
    field = make_field("Delivery day", CustomKind.TEXT)
    give(make_customer("Anna"), {field: "Tuesday"})
    ben = make_customer("Ben")
    make_customer("Cleo", archived_at=A_DAY)

    missing = template_fields_now()[field.name].missing

    assert missing is not None
    assert list(missing()) == [ben]


def test_customers_are_found_by_tag_interest_relation_and_state() -> None:
    anna, mill = make_customer("Anna"), make_customer("The Mill", kind=Kind.ORGANISATION)
    market = add_tag("Market", by=SYSTEM, at=A_DAY)
    tag_customers(Customer.objects.filter(pk=anna.pk), market, by=SYSTEM, at=A_DAY)
    heard = Heard(InterestKind.NEED, "Crème brûlée")
    note_interest(anna, heard, by=SYSTEM, at=A_DAY, noted_on=date(2026, 4, 1))
    make_relation(anna, "works_at", mill)
    make_relation(anna, "referred_by", mill, until_on=date(2026, 4, 1))
    make_point(anna, "email", "anna@example.com", state="bounced")

    assert found("customer.tags", "any_of", [str(market.pk)]) == ["Anna"]
    assert found("customer.tags", "none_of", [str(market.pk)]) == ["The Mill"]
    assert found("customer.needs", "contains", "creme") == ["Anna"]
    assert found("customer.interests", "filled") == []
    assert found("customer.works_at", "contains", "mill") == ["Anna"]
    assert found("customer.staff", "is", "anna") == ["The Mill"]
    assert found("customer.referred_by", "filled") == []
    assert found("customer.email_state", "any_of", ["bounced"]) == ["Anna"]


def test_a_helper_is_not_told_the_names_of_others(
    helper: Member, business: Business, at: datetime
) -> None:
    fields = list_fields_now(helper.actor)

    assert {"customer.works_at", "customer.serves"}.isdisjoint(fields)
    assert "customer.tags" in fields
    assert compile_filter({"field": "customer.tags", "is": "empty"}, helper.actor, at) is not None
