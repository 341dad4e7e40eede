from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from regulars.core.actor import SYSTEM
from regulars.core.models import AuditEntry, Event
from regulars.core.money import Money
from regulars.core.operations import begin_operation
from regulars.core.undo import undo_now
from regulars.customers.actions.custom import (
    add_custom_field,
    archive_custom_field,
    change_custom_field,
    order_custom_fields,
    restore_custom_field,
    set_custom_values,
)
from regulars.customers.choices import CustomKind
from regulars.customers.custom_values import Held
from regulars.customers.errors import CustomFieldNotFound, CustomFieldRefused
from regulars.customers.models import Customer, CustomField, CustomValue
from regulars.customers.queries.custom import (
    counts_of_values,
    custom_field_for,
    custom_fields,
    custom_values_of,
)
from regulars.team.models import Business
from tests.factories.customers import A_DAY, make_customer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]


def make_field(label: str, kind: CustomKind = CustomKind.TEXT, *choices: str) -> CustomField:
    return add_custom_field(label, kind, choices=choices, by=SYSTEM, at=A_DAY)


def give(customer: Customer, values: Mapping[CustomField, Held | None]) -> int:
    only = Customer.objects.filter(pk=customer.pk)
    return set_custom_values(only, values, by=SYSTEM, at=A_DAY)


def test_a_field_gets_a_key_that_stays_when_its_label_changes() -> None:
    field = make_field("Délivery  day!")

    changed = change_custom_field(field, "Round", by=SYSTEM, at=A_DAY)

    assert (changed.key, changed.label, changed.name) == (
        "delivery_day", "Round", "own_delivery_day",
    )  # fmt: skip
    assert [one.label for one in custom_fields()] == ["Round"]
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "added", "changed",
    ]  # fmt: skip
    assert list(Event.objects.values_list("kind", "payload").distinct()) == [
        ("customers.CustomFieldsChanged", {"field_id": field.pk})
    ]


def test_keys_are_ascii_and_never_given_twice() -> None:
    labels = ("配送日", "送", "Round")

    keys = [make_field(label).key for label in labels]
    archive_custom_field(CustomField.objects.get(key="round"), by=SYSTEM, at=A_DAY)

    assert [*keys, make_field("ROUND").key] == ["field", "field_2", "round", "round_2"]


@pytest.mark.parametrize(
    ("label", "kind", "choices"),
    [
        ("", CustomKind.TEXT, ()),
        ("x" * 81, CustomKind.TEXT, ()),
        ("ROUND", CustomKind.TEXT, ()),
        ("Size", CustomKind.CHOICE, ()),
        ("Size", CustomKind.CHOICES, (" ", "")),
        ("Size", CustomKind.CHOICES, ("Small, or nearly", "Large")),
    ],
    ids=["no name", "long name", "same name", "no choices", "blank choices", "a comma"],
)
def test_add_custom_field_refuses(label: str, kind: CustomKind, choices: tuple[str, ...]) -> None:
    make_field("Round")

    with pytest.raises(CustomFieldRefused):
        make_field(label, kind, *choices)

    assert CustomField.objects.count() == 1


def test_every_kind_comes_back_as_it_was_given(business: Business) -> None:
    ruth = make_customer()
    values: dict[CustomField, Held | None] = {
        make_field("Text"): "=1+1 ’ ☃ \u202e",
        make_field("Number", CustomKind.NUMBER): Decimal("-12345678901.2345"),
        make_field("Money", CustomKind.MONEY): Money(-1_999, business.currency),
        make_field("Day", CustomKind.DAY): date(1999, 12, 31),
        make_field("Choice", CustomKind.CHOICE, "Small", "Large"): "large",
        make_field("Choices", CustomKind.CHOICES, "Mon", "Tue", "Wed"): ("wed", "mon"),
        make_field("No", CustomKind.FLAG): False,
        make_field("Yes", CustomKind.FLAG): True,
        make_field("Link", CustomKind.LINK): "https://example.com/a",
        make_field("Nought", CustomKind.NUMBER): Decimal(0),
    }

    give(ruth, values)

    expected = {field.key: held for field, held in values.items()} | {"choices": ("mon", "wed")}
    assert custom_values_of([ruth.pk]) == {ruth.pk: expected}
    assert list(custom_values_of([ruth.pk])[ruth.pk]) == list(expected)


def test_a_value_replaces_the_one_before_and_nothing_empties_it() -> None:
    ruth, george = make_customer(), make_customer("George")
    days = make_field("Days", CustomKind.CHOICES, "Mon", "Tue")
    size = make_field("Size")
    for one in (ruth, george):
        give(one, {days: ("mon", "tue"), size: "L"})

    give(ruth, {days: ("tue",), size: None})

    assert custom_values_of([ruth.pk, george.pk]) == {
        ruth.pk: {"days": ("tue",)},
        george.pk: {"days": ("mon", "tue"), "size": "L"},
    }


def test_a_selection_that_looks_at_the_field_is_settled_before_it_changes() -> None:
    size = make_field("Size", CustomKind.CHOICE, "S", "L")
    for name, held in (("Anna", "s"), ("Ben", "s"), ("Cleo", "l")):
        give(make_customer(name), {size: held})
    Event.objects.all().delete()

    small = Customer.objects.filter(custom_values__field=size, custom_values__text="s")
    count = set_custom_values(small, {size: "l"}, by=SYSTEM, at=A_DAY)

    assert count == 2
    assert list(CustomValue.objects.values_list("text", flat=True)) == ["l", "l", "l"]
    assert Event.objects.values_list("kind", "payload").get() == (
        "customers.CustomValuesSet",
        {"field_id": size.pk, "count": 2},
    )


def test_an_archived_field_is_off_the_forms_and_keeps_its_values() -> None:
    ruth = make_customer()
    size = make_field("Size")
    give(ruth, {size: "L"})

    archive_custom_field(size, by=SYSTEM, at=A_DAY)

    assert (custom_fields(), custom_values_of([ruth.pk])) == ([], {})
    assert custom_fields(with_archived=True) == [size]
    restore_custom_field(size, by=SYSTEM, at=A_DAY)
    assert custom_values_of([ruth.pk]) == {ruth.pk: {"size": "L"}}


def test_an_archived_field_does_not_come_back_beside_another_of_its_name() -> None:
    size = archive_custom_field(make_field("Size"), by=SYSTEM, at=A_DAY)
    make_field("Size")

    with pytest.raises(CustomFieldRefused):
        restore_custom_field(size, by=SYSTEM, at=A_DAY)

    size.refresh_from_db()
    assert size.archived_at == A_DAY


def test_choices_are_renamed_and_put_in_order_without_touching_anybody() -> None:
    ruth = make_customer()
    size = make_field("Size", CustomKind.CHOICE, "Small", "Large")
    give(ruth, {size: "small"})

    changed = change_custom_field(
        size, "Size", choices=[("", "Huge"), ("large", "Large"), ("small", "Tiny")],
        by=SYSTEM, at=A_DAY,
    )  # fmt: skip

    assert changed.labels == {"huge": "Huge", "large": "Large", "small": "Tiny"}
    assert list(changed.labels) == ["huge", "large", "small"]
    assert custom_values_of([ruth.pk]) == {ruth.pk: {"size": "small"}}


def test_a_choice_that_somebody_has_does_not_go() -> None:
    ruth = make_customer()
    size = make_field("Size", CustomKind.CHOICE, "Small", "Large")
    give(ruth, {size: "small"})

    with pytest.raises(CustomFieldRefused):
        change_custom_field(size, "Size", choices=[("large", "Large")], by=SYSTEM, at=A_DAY)

    assert custom_field_for(size.pk).labels == {"small": "Small", "large": "Large"}


def test_fields_are_put_into_another_order() -> None:
    first, second, third = (make_field(label) for label in ("A", "B", "C"))

    order_custom_fields([third.pk, first.pk, second.pk], by=SYSTEM, at=A_DAY)

    assert custom_fields() == [third, first, second]


def test_a_field_that_is_not_there_is_not_found() -> None:
    with pytest.raises(CustomFieldNotFound):
        custom_field_for(1)


def test_values_are_read_in_as_many_queries_for_one_as_for_three() -> None:
    people = [make_customer(name) for name in ("Anna", "Ben", "Cleo")]
    fields = [make_field("Size"), make_field("Round")]
    for one in people:
        give(one, dict.fromkeys(fields, "x"))

    with CaptureQueriesContext(connection) as for_one:
        custom_values_of([people[0].pk])
    with CaptureQueriesContext(connection) as for_three:
        found = custom_values_of([one.pk for one in people])

    assert len(for_one) == len(for_three) == 2
    assert found == {one.pk: {"size": "x", "round": "x"} for one in people}
    assert counts_of_values() == {field.pk: 3 for field in fields}


def test_values_that_were_set_are_undone_to_the_row() -> None:
    size, days = make_field("Size"), make_field("Days", CustomKind.CHOICES, "Mon", "Tue")
    anna = make_customer("Anna")
    make_customer("Ben")
    give(anna, {size: "L", days: ("mon", "tue")})
    tables: tuple[type[Model], ...] = (CustomValue, Customer)
    before = [list(table._default_manager.order_by("pk").values_list()) for table in tables]
    operation = begin_operation("bulk", subject_id=None, by=SYSTEM, at=A_DAY)
    values: dict[CustomField, Held | None] = {size: "XL", days: None}
    later = A_DAY + timedelta(days=1)
    set_custom_values(Customer.objects.all(), values, by=SYSTEM, at=later, operation=operation)
    assert sorted(CustomValue.objects.values_list("text", flat=True)) == ["XL", "XL"]

    undo_now(operation, by=SYSTEM, at=later)

    assert [list(table._default_manager.order_by("pk").values_list()) for table in tables] == before
