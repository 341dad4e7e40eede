"""Several addresses and numbers, tags, interests and own fields in one row of a file."""

from datetime import datetime
from typing import Any

import pytest

from regulars.core.actor import COMMAND
from regulars.core.models import Operation
from regulars.core.undo import undo_now
from regulars.customers.actions.custom import add_custom_field
from regulars.customers.choices import CustomKind
from regulars.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    CustomValue,
    Interest,
    StagedDetail,
    Tag,
)
from tests.factories.intake import A_DAY, bring, counts

pytestmark = pytest.mark.django_db

GOOGLE = (
    "Given Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value,"
    "Phone 1 - Value,Phone 2 - Type,Phone 2 - Value,Labels\n"
    "Ruth,Calloway,* Home,ruth@example.com,Work,ruth@bakery.example,01632 960377,Mobile,"
    '07700 900123,"* myContacts ::: Monthly box"\n'
)
OUTLOOK = (
    "First Name,Last Name,E-mail Address,E-mail 2 Address,Home Street,Home City,Home Postal Code,"
    "Business Street,Business City,Business Postal Code,Mobile Phone,Business Phone\n"
    "Ada,Oduya,ada@example.com,ada@work.example,1 Quay,Amble,NE65 0AA,8 Mill Lane,Alnwick,"
    "NE66 1AA,07700 900124,01632 960555\n"
)


def points(kind: str) -> list[tuple[str, str, bool]]:
    found = ContactPoint.objects.filter(kind=kind).order_by("id")
    return list(found.values_list("value", "label", "is_primary"))


def test_several_addresses_become_points_with_labels(business: object) -> None:
    item = bring("customers", GOOGLE)

    assert counts(item) == (1, 0, 0, 0, 0)
    assert points("email") == [
        ("ruth@example.com", "Home", True), ("ruth@bakery.example", "Work", False),
    ]  # fmt: skip
    assert points("phone") == [("01632 960377", "", True), ("07700 900123", "Mobile", False)]
    assert "bakery" in Customer.objects.get().search_text
    assert list(Tag.objects.values_list("name", flat=True)) == ["Monthly box"]
    assert not StagedDetail.objects.exists()
    assert counts(bring("customers", GOOGLE)) == (0, 0, 1, 0, 0)


def test_a_second_address_goes_together_by_its_words(business: object) -> None:
    bring("customers", OUTLOOK)

    places = ContactPoint.objects.filter(kind="address").order_by("id")
    assert list(places.values_list("street", "postcode", "city", "label")) == [
        ("1 Quay", "NE65 0AA", "Amble", ""), ("8 Mill Lane", "NE66 1AA", "Alnwick", "work"),
    ]  # fmt: skip
    assert [label for _value, label, _first in points("phone")] == ["", "work"]


def test_a_known_customer_gets_what_they_lack_and_undo_takes_it_away(business: object) -> None:
    bring("customers", "Email,Tags\nruth@example.com,vip\n")
    before = list(ContactPoint.objects.values_list("pk", "label"))

    item = bring("customers", GOOGLE)
    done = Operation.objects.get(subject_id=item.pk)
    assert counts(item) == (0, 1, 0, 0, 0)
    assert CustomerTag.objects.count() == 2
    undo_now(done, by=COMMAND, at=A_DAY)

    assert list(ContactPoint.objects.values_list("pk", "label")) == before
    assert list(Tag.objects.values_list("name", flat=True)) == ["vip"]
    assert CustomerTag.objects.count() == 1


def test_own_fields_stand_among_the_columns_by_themselves(business: Any, at: datetime) -> None:
    loaf = add_custom_field("Favourite loaf", CustomKind.TEXT, by=COMMAND, at=at)
    add_custom_field("Visits", CustomKind.NUMBER, by=COMMAND, at=at)
    content = "Name,Email,Favourite loaf,Visits\nRuth,ruth@example.com,Rye,12\n"

    item = bring("customers", content + "Ada,ada@example.com,,often\n")

    assert counts(item) == (1, 0, 0, 1, 0)
    assert "no number" in item.files.get().problems.get().message
    assert CustomValue.objects.get(field=loaf).text == "Rye"
    assert counts(bring("customers", content)) == (0, 0, 1, 0, 0)
    changed = bring("customers", content.replace("Rye", "Oat"))
    assert counts(changed) == (0, 1, 0, 0, 0)
    assert CustomValue.objects.get(field=loaf).text == "Oat"
    kept = bring("customers", content, mapping={"policies": {"own_favourite_loaf": "fill"}})
    assert counts(kept) == (0, 0, 1, 0, 0)


def test_interests_and_needs_are_noted_once(business: object) -> None:
    content = 'Name,Email,Interests,Needs\nRuth,ruth@example.com,"Rye, Oats",Delivery\n'

    bring("customers", content)

    noted = Interest.objects.order_by("kind", "topic")
    assert list(noted.values_list("kind", "topic")) == [
        ("interest", "Oats"), ("interest", "Rye"), ("need", "Delivery"),
    ]  # fmt: skip
    assert counts(bring("customers", content)) == (0, 0, 1, 0, 0)
