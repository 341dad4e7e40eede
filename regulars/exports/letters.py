"""Whom letters go to: a household gets one, whoever lives there; others one of their own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Decision
from regulars.consent.models import ConsentState
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.customers.choices import PointKind, PointState
from regulars.customers.models import ContactPoint, Customer, CustomerQuerySet, Household
from regulars.exports.chosen import PLACE, chosen_customers
from regulars.lists.queries.fields import list_fields_now

CHUNK = 2000
PARTS = ("street", "postcode", "city", "region", "country")
Row = list[Any]
# One letter, and whom it reaches.
Letter = tuple[Row, list[int]]


def letters(selection: dict[str, Any], actor: Actor) -> Iterator[list[Row]]:
    """Rows of name, who lives there, and the address, in the order of the names.

    Who said no to letters gets none, and counts not among those who live there; an address that
    is out of date, came back or is doubtful takes none.
    """
    if not list_fields_now(actor).keys() >= {*PLACE, "customer.household"}:
        raise NotAllowed(_("Where customers live is hidden from your role."))
    for chunk in _chunks(selection, actor):
        yield [row for row, _ids in chunk]


def lettered(selection: dict[str, Any], actor: Actor) -> Iterator[list[int]]:
    """Whom these letters reach: everybody of a household to which one goes, chunk by chunk."""
    for chunk in _chunks(selection, actor):
        yield [pk for _row, ids in chunk for pk in ids]


def _chunks(selection: dict[str, Any], actor: Actor) -> Iterator[list[Letter]]:
    wanted = _open_to_letters(chosen_customers(selection, actor))
    met: set[int] = set()
    shown, after = wanted.order_by("sort_name", "pk"), ("", 0)
    while found := list(_behind(shown, after)[:CHUNK]):
        yield _rows(found, wanted, met)
        after = (found[-1].sort_name, found[-1].pk)


def _open_to_letters(rows: CustomerQuerySet) -> CustomerQuerySet:
    said_no = ConsentState.objects.filter(
        customer=OuterRef("pk"), channel=Channel.LETTER, purpose="", decision=Decision.WITHDRAWN
    )
    return rows.on_the_list().filter(~Exists(said_no))


def _behind(rows: CustomerQuerySet, after: tuple[str, int]) -> CustomerQuerySet:
    name, pk = after
    further = rows.filter(sort_name__gte=name) if pk else rows
    return further.exclude(sort_name=name, pk__lte=pk).select_related("household")


def _rows(found: Sequence[Customer], wanted: CustomerQuerySet, met: set[int]) -> list[Letter]:
    homes = {
        one.household_id: one.household for one in found
        if one.household is not None and one.household_id not in met
    }  # fmt: skip
    living = _living(wanted, [pk for pk in homes if pk])
    places = _places([one.pk for one in found] + [pk for names in living.values() for pk in names])
    rows: list[Letter] = []
    for one in found:
        home = one.household
        if home is None:
            rows += _row(one.name, {one.pk: one.name}, places.get(one.pk))
        elif home.pk not in met:
            met.add(home.pk)
            members = living.get(home.pk, {one.pk: one.name})
            theirs = next((places[pk] for pk in members if pk in places), None)
            place = home if home.street or home.address else theirs
            rows += _row(home.name, members, place)
    return rows


def _living(wanted: CustomerQuerySet, homes: Sequence[int]) -> dict[int, dict[int, str]]:
    """By household, those of the chosen who live there."""
    found: dict[int, dict[int, str]] = {}
    rows = wanted.filter(household__in=homes).order_by("sort_name", "pk")
    for pk, name, home in rows.values_list("pk", "name", "household_id"):
        found.setdefault(home or 0, {})[pk] = name
    return found


def _places(ids: Sequence[int]) -> dict[int, ContactPoint]:
    """The address of each to which a letter can go, the one that we use first."""
    points = ContactPoint.objects.filter(
        customer__in=ids, kind=PointKind.ADDRESS, state=PointState.USABLE
    )
    found: dict[int, ContactPoint] = {}
    for point in points.order_by("-is_primary", "pk"):
        found.setdefault(point.customer_id, point)
    return found


def _row(
    to: str, people: Mapping[int, str], place: ContactPoint | Household | None
) -> list[Letter]:
    """One letter, where there is a street to bring it to."""
    if place is None:
        return []
    whole = place.value if isinstance(place, ContactPoint) else place.address
    street = place.street or ("" if place.city else whole)
    if not street:
        return []
    named = ", ".join(people.values())
    row = [to, named, street, place.postcode, place.city, place.region, place.country]
    return [(row, list(people))]
