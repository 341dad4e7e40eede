"""Where customers and the business are, as the way between them is reckoned."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from regulars.customers.choices import CustomKind, PointKind, PointState
from regulars.customers.custom_values import Held
from regulars.customers.models import ContactPoint, CustomField
from regulars.customers.naming import folded_name
from regulars.customers.queries.custom import custom_fields, custom_values_of
from regulars.planning.distances import Place
from regulars.team.models import Business

# What a business calls the fields into which it writes where somebody is.
NORTH = frozenset({"latitude", "lat", "breitengrad", "breite"})
EAST = frozenset({"longitude", "lon", "lng", "long", "langengrad", "lange"})


def place_of_business(business: Business) -> Place:
    return Place(business.street, business.postcode, business.city)


def places_of(customer_ids: Collection[int]) -> dict[int, Place]:
    """Where each lives who has an address: three queries, however many customers.

    Coordinates count where the business keeps them in two number fields of its own.
    """
    ids = list(customer_ids)
    points, where = _addresses(ids), _coordinates(ids)
    return {pk: _place(address, where.get(pk)) for pk, address in points.items()}


_PARTS = ("street", "postcode", "city", "country", "value")


def _addresses(ids: list[int]) -> dict[int, tuple[str, ...]]:
    """The parts of the address that `addresses_of` would find, without all else of thousands."""
    points = ContactPoint.objects.filter(
        customer__in=ids, kind=PointKind.ADDRESS, state=PointState.USABLE
    )
    found: dict[int, tuple[str, ...]] = {}
    for pk, *parts in points.order_by("-is_primary", "pk").values_list("customer", *_PARTS):
        found.setdefault(pk, tuple(parts))
    return found


def _place(address: tuple[str, ...], where: tuple[float, float] | None) -> Place:
    north, east = where or (None, None)
    street, postcode, city, country, value = address
    # An address that was given as one text has no parts: its whole stands as the street.
    street = street or ("" if city else ", ".join(value.splitlines()))
    return Place(street, postcode, city, country, north, east)


def _coordinates(ids: list[int]) -> dict[int, tuple[float, float]]:
    named = {_role(field): field for field in custom_fields() if _role(field)}
    if set(named) != {"north", "east"}:
        return {}
    values = custom_values_of(ids, named.values())
    found = {pk: _pair(held, named) for pk, held in values.items()}
    return {pk: pair for pk, pair in found.items() if pair is not None}


def _role(field: CustomField) -> str:
    if field.kind != CustomKind.NUMBER:
        return ""
    names = {folded_name(field.key), folded_name(field.label)}
    if names & NORTH:
        return "north"
    return "east" if names & EAST else ""


def _pair(held: Mapping[str, Held], named: Mapping[str, CustomField]) -> tuple[float, float] | None:
    north, east = (held.get(named[role].key) for role in ("north", "east"))
    if not isinstance(north, Decimal) or not isinstance(east, Decimal):
        return None
    is_on_earth = abs(north) <= 90 and abs(east) <= 180
    return (float(north), float(east)) if is_on_earth else None
