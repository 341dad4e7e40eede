"""Fields that a business makes itself, and tags, in filters and views."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from regulars.core.money import Money
from regulars.customers.actions.custom import (
    add_custom_field,
    archive_custom_field,
    change_custom_field,
    set_custom_values,
)
from regulars.customers.actions.tags import add_tag, tag_customers
from regulars.customers.choices import CustomKind
from regulars.customers.models import Customer
from regulars.lists.looks import Look
from regulars.lists.queries.fields import list_fields_now
from regulars.lists.queries.filters import compile_filter, words_of
from regulars.lists.queries.pages import in_words, page_of
from regulars.team.models import Member
from tests.factories.customers import make_customer

pytestmark = pytest.mark.django_db

NAME = "own.thing"

KINDS: list[tuple[CustomKind, tuple[str, ...], Any, str, Any, str]] = [
    (CustomKind.TEXT, (), "Löwe", "contains", "lowe", "Löwe"),
    (CustomKind.LINK, (), "https://example.com/a", "contains", "example.com", "https://example.com/a"),
    (CustomKind.NUMBER, (), Decimal("43.5"), "at_least", "43.25", "43.5"),
    (CustomKind.MONEY, (), Money(1250, "GBP"), "at_most", 1250, "£12.50"),
    (CustomKind.DAY, (), date(2026, 11, 20), "since", {"days_ago": 5}, "2026-11-20"),
    (CustomKind.CHOICE, ("Red", "Blue"), "red", "is", "red", "Red"),
    (CustomKind.CHOICES, ("Red", "Blue"), ("red", "blue"), "all_of", ["blue", "red"], "Red, Blue"),
    (CustomKind.FLAG, (), True, "yes", None, "yes"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "choices", "held", "op", "value", "shown"), KINDS, ids=[str(row[0]) for row in KINDS]
)
def test_a_field_of_any_kind_filters_and_shows_at_once(
    kind: CustomKind, choices: tuple[str, ...], held: Any, op: str, value: Any, shown: str,
    owner: Member, at: datetime,
) -> None:  # fmt: skip
    field = add_custom_field("Thing", kind, choices=choices, by=owner.actor, at=at)
    ruth, _oscar = make_customer("Ruth Calloway"), make_customer("Oscar Winslow")
    only = Customer.objects.filter(pk=ruth.pk)
    set_custom_values(only, {field: held}, by=owner.actor, at=at)

    tree = {"field": NAME, "is": op, "value": value}
    found = page_of(Look(tree, (NAME,)), owner.actor, "", at)

    assert [one.pk for one in found.page.rows] == [ruth.pk]
    assert in_words(found.fields[0], found.values[ruth.pk][NAME], "GBP") == shown
    assert compile_filter({"not": tree}, owner.actor, at).count() == 1


def test_a_renamed_field_is_the_same_field(owner: Member, at: datetime) -> None:
    field = add_custom_field("Thing", CustomKind.NUMBER, choices=(), by=owner.actor, at=at)
    tree = {"field": NAME, "is": "at_least", "value": 43}

    change_custom_field(field, "Size of shoes", by=owner.actor, at=at)

    assert words_of(tree, owner.actor) == "Size of shoes is at least 43"


def test_a_removed_field_is_left_out_by_its_name(owner: Member, at: datetime) -> None:
    make_customer("Ruth Calloway")
    field = add_custom_field("Thing", CustomKind.NUMBER, choices=(), by=owner.actor, at=at)
    look = Look({"field": NAME, "is": "at_least", "value": 43}, (NAME,))

    archive_custom_field(field, by=owner.actor, at=at)
    shown = page_of(look, owner.actor, "", at)

    assert NAME not in list_fields_now(owner.actor)
    assert (len(shown.page.rows), list(shown.left_out)) == (1, [
        "“Thing” is no longer there: its condition is left out.",
        "The column “Thing” is no longer there.",
    ])  # fmt: skip


def test_tags_are_asked_for_by_any_all_and_none(owner: Member, at: datetime) -> None:
    early, late = (add_tag(name, by=owner.actor, at=at) for name in ("Early", "Late"))
    ruth, thea, _oscar = (make_customer(f"{name} Person") for name in ("Ruth", "Thea", "Oscar"))
    tag_customers(Customer.objects.filter(pk__in=[ruth.pk, thea.pk]), early, by=owner.actor, at=at)
    tag_customers(Customer.objects.filter(pk=ruth.pk), late, by=owner.actor, at=at)

    def found(op: str, *tags: Any) -> set[str]:
        tree = {"field": "customer.tags", "is": op, "value": [str(one.pk) for one in tags]}
        names = compile_filter(tree, owner.actor, at).values_list("given_name", flat=True)
        return set(names)

    assert (found("any_of", early, late), found("all_of", early, late), found("none_of", late)) == (
        {"Ruth", "Thea"}, {"Ruth"}, {"Thea", "Oscar"},
    )  # fmt: skip
