"""What becomes of what is there already, and by what customers are told: as somebody chose."""

from typing import Any

import pytest

from regulars.core.errors import Refusal
from regulars.customers.models import ContactPoint, Customer
from tests.factories.intake import bring, counts

pytestmark = pytest.mark.django_db

FIRST = (
    "id,Name,Email,Note,Since,Street,Postcode\n"
    "7,Ruth Calloway,ruth@example.com,Rye,2024-01-02,1 Quay,NE65 0AA\n"
)
LATER = "id,Name,Email,Note,Since\n7,R. Calloway,new@example.com,Oats,2025-01-02\n"
BLANK = "id,Name,Email,Note,Since\n7,,,,\n"


def brought(content: str, **mapping: Any) -> Customer:
    bring("customers", content, mapping=mapping)
    return Customer.objects.get()


@pytest.mark.parametrize(
    ("policy", "about"),
    [("", "Oats"), ("overwrite", "Oats"), ("fill", "Rye"), ("append", "Rye\nOats"),
     ("ignore", "Rye")],
)  # fmt: skip
def test_a_text_that_is_there_is_kept_or_written_over_as_chosen(
    business: object, policy: str, about: str
) -> None:
    brought(FIRST)

    changed = brought(LATER, policies={"about": policy})

    assert changed.about == about
    again = bring("customers", LATER, mapping={"policies": {"about": policy}})
    assert counts(again) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("policy", "emails"),
    [("", [("ruth@example.com", True), ("new@example.com", False)]),
     ("fill", [("ruth@example.com", True)]),
     ("ignore", [("ruth@example.com", True)]),
     ("overwrite", [("ruth@example.com", False), ("new@example.com", True)])],
    ids=["append", "fill", "ignore", "overwrite"],
)  # fmt: skip
def test_an_address_is_added_or_takes_the_first_place_as_chosen(
    business: object, policy: str, emails: list[tuple[str, bool]]
) -> None:
    brought(FIRST)

    brought(LATER, policies={"email": policy})

    kept = ContactPoint.objects.filter(kind="email").order_by("id")
    assert list(kept.values_list("value", "is_primary")) == emails
    again = bring("customers", LATER, mapping={"policies": {"email": policy}})
    assert counts(again) == (0, 0, 1, 0, 0)


def test_a_name_that_nobody_knew_is_filled_in(business: object) -> None:
    bring("customers", "id\n7\n")

    assert brought(LATER, policies={"name": "fill"}).name == "R. Calloway"
    assert brought(FIRST, policies={"name": "fill"}).name == "R. Calloway"


def test_blank_leaves_what_there_is_unless_it_is_to_clear_it(business: object) -> None:
    brought(FIRST)

    left = brought(BLANK)
    assert (left.about, str(left.since_on)) == ("Rye", "2024-01-02")
    cleared = brought(BLANK, clear=["about", "since", "email"])

    assert (cleared.about, cleared.since_on, cleared.name) == ("", None, "Ruth Calloway")
    assert ContactPoint.objects.filter(kind="email").count() == 1


def test_customers_are_told_by_name_and_postcode_alone(business: object) -> None:
    brought(FIRST)
    row = "Name,Postcode,Email\nRuth Calloway,ne650aa,else@example.com\n"

    assert counts(bring("customers", row, dry=True)) == (1, 0, 0, 0, 0)
    chosen = bring("customers", row, mapping={"keys": ["name_postcode"]})

    assert counts(chosen) == (0, 1, 0, 0, 0)


def test_who_shares_an_address_is_another_where_it_is_no_key(business: object) -> None:
    rows = "id,Name,Email\n7,Ruth,box@example.com\n8,Ada,box@example.com\n"

    assert counts(bring("customers", rows, dry=True))[0] == 1
    bring("customers", rows, mapping={"keys": ["reference"]})

    assert list(Customer.objects.order_by("id").values_list("name", flat=True)) == ["Ruth", "Ada"]


@pytest.mark.parametrize(
    "mapping",
    [{"keys": ["shoe size"]}, {"keys": "email"}, {"policies": {"about": "burn"}},
     {"policies": ["about"]}, {"columns": {}, "colour": "red"}],
    ids=["key", "no list", "policy", "no pairs", "strange"],
)  # fmt: skip
def test_choices_that_nobody_understands_are_refused(
    business: object, mapping: dict[str, Any]
) -> None:
    with pytest.raises(Refusal) as refused:
        bring("customers", FIRST, mapping=mapping)

    assert refused.value.remedy
