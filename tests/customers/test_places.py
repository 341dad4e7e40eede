"""One part of an address written otherwise, for many at once."""

from datetime import datetime

import pytest

from regulars.core.models import Operation
from regulars.core.operations import begin_operation
from regulars.core.undo import undo_now
from regulars.customers.actions.households import make_household
from regulars.customers.actions.places import write_place
from regulars.customers.models import ContactPoint, Customer, Household
from regulars.team.models import Member
from tests.factories.customers import make_customer, make_point

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[object, ...]]:
    points = ContactPoint.objects.order_by("pk")
    return [*points.values_list(), *Household.objects.order_by("pk").values_list()]


def addresses(customer: Customer) -> list[tuple[str, str, str, str]]:
    points = customer.contact_points.order_by("pk")
    return list(points.values_list("street", "city", "value", "state"))


def test_the_address_that_is_used_gets_the_town_and_others_stay(
    business: object, at: datetime
) -> None:
    ruth, oscar = make_customer("Ruth"), make_customer("Oscar")
    make_point(ruth, "address", "2 Quay", street="2 Quay", city="York", is_primary=False)
    make_point(ruth, "address", "1 Quay", street="1 Quay", postcode="AM4", city="York")

    changed = write_place([ruth.pk, oscar.pk], "city", "Amble", at=at)

    assert changed == 2
    assert addresses(ruth) == [
        ("2 Quay", "York", "2 Quay", "usable"), ("1 Quay", "Amble", "1 Quay, AM4 Amble", "usable")
    ]  # fmt: skip
    # A town alone takes no letter.
    assert addresses(oscar) == [("", "Amble", "Amble", "doubtful")]
    assert write_place([ruth.pk, oscar.pk], "city", "Amble", at=at) == 0


def test_who_shares_an_address_moves_together_and_back(
    business: object, owner: Member, at: datetime
) -> None:
    ruth, ada = make_customer("Ruth"), make_customer("Ada")
    make_point(ruth, "address", "8 Weir", street="8 Weir", city="York")
    household = make_household("8 Weir", [ruth, ada], by=owner.actor, at=at)
    before = rows()
    done = begin_operation(Operation.Kind.BULK, subject_id=None, by=owner.actor, at=at)

    write_place([ruth.pk], "city", "Leeds", at=at, operation=done)

    household.refresh_from_db()
    assert (household.city, household.address) == ("Leeds", "8 Weir, Leeds")
    ada_lives = ada.contact_points.get()
    assert (ada_lives.city, ada_lives.value) == ("Leeds", "8 Weir, Leeds")
    undo_now(done, by=owner.actor, at=at)
    assert rows() == before


def test_an_address_they_have_already_is_not_made_twice(business: object, at: datetime) -> None:
    ruth = make_customer("Ruth")
    write_place([ruth.pk], "city", "York", at=at)
    other = make_point(ruth, "address", "Leeds", city="Leeds", is_primary=False)
    ContactPoint.objects.filter(pk=other.pk).update(normal="||Leeds||")

    assert write_place([ruth.pk], "city", "Leeds", at=at) == 0
    assert write_place([ruth.pk], "city", "", at=at) == 0
    assert [city for _street, city, _value, _state in addresses(ruth)] == ["York", "Leeds"]
