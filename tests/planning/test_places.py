"""Where customers are: their first address that can be used, and coordinates of their own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from regulars.customers.choices import CustomKind, PointState
from regulars.customers.models import Customer, CustomField, CustomValue
from regulars.planning.distances import Place
from regulars.planning.places import places_of
from tests.factories.customers import make_customer, make_point

pytestmark = pytest.mark.django_db
Asked = Callable[[int], AbstractContextManager[Any]]
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def someone(name: str, **parts: str) -> Customer:
    customer = make_customer(name)
    make_point(customer, "address", ", ".join(parts.values()), **parts)
    return customer


def coordinates(customer: Customer, north: str, east: str) -> None:
    for key, label, number in (("lat", "Latitude", north), ("east", "Lng", east)):
        field, _new = CustomField.objects.get_or_create(
            key=key, defaults={"label": label, "kind": CustomKind.NUMBER, "created_at": AT}
        )
        CustomValue.objects.create(customer=customer, field=field, number=Decimal(number))


def test_a_place_is_the_first_usable_address() -> None:
    ruth = someone("Ruth Calloway", street="4 Mill Lane", postcode="80331", city="München")
    make_point(ruth, "address", "Old Road 1", is_primary=False, city="Ulm")
    make_customer("Nobody Knowswhere")
    gone = someone("Gone Away", city="Graz")
    gone.contact_points.update(state=PointState.STALE)
    whole = make_customer("As Given", address="2 Quay\nBristol")

    found = places_of(Customer.objects.values_list("pk", flat=True))

    assert found == {
        ruth.pk: Place("4 Mill Lane", "80331", "München"), whole.pk: Place("2 Quay, Bristol")
    }  # fmt: skip


def test_coordinates_come_from_two_number_fields_and_only_from_this_earth() -> None:
    ruth, far = someone("Ruth Calloway", city="Ulm"), someone("Far Out", city="Ulm")
    coordinates(ruth, "48.3984", "9.9916")
    coordinates(far, "948.3984", "9.9916")

    found = places_of([ruth.pk, far.pk])

    assert (found[ruth.pk].latitude, found[ruth.pk].longitude) == (48.3984, 9.9916)
    assert found[far.pk] == Place(city="Ulm")


def test_many_places_take_as_many_queries_as_one(
    django_assert_num_queries: Asked,
) -> None:
    everybody = [someone(name, city="Ulm") for name in ("A B", "C D", "E F")]
    coordinates(everybody[0], "48.3984", "9.9916")

    for some in (everybody[:1], everybody):
        with django_assert_num_queries(3):
            assert len(places_of([one.pk for one in some])) == len(some)
