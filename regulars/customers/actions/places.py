"""One part of an address written otherwise: for one customer, or for many at once."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.before_images import changing, remember_created
from regulars.core.models import Operation
from regulars.customers.actions.points import ADDRESS_PARTS, remove_contact_point
from regulars.customers.actions.remembering import changed
from regulars.customers.choices import PointKind, PointState
from regulars.customers.errors import PointTaken, PointUnreadable
from regulars.customers.models import ContactPoint, Customer, Household
from regulars.customers.naming import LONGEST_NORMAL

_POINT = ["value", "normal", "state", "state_at", *ADDRESS_PARTS]
_HOUSE = ["address", *ADDRESS_PARTS]
_LONGEST = {"street": 500, "postcode": 40, "city": 200, "region": 200, "country": 100}
NOTHING = "|" * (len(ADDRESS_PARTS) - 1)


@transaction.atomic
def change_place(customer: Customer, part: str, value: str, *, by: Actor, at: datetime) -> None:
    """Write the town, the postcode or the street of one customer's address otherwise."""
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    value = " ".join(value.split())
    if len(value) > _LONGEST[part]:
        raise PointUnreadable(_("This is longer than %(most)s signs.") % {"most": _LONGEST[part]})
    first = _first_addresses([customer.pk]).get(customer.pk)
    if first is not None and _is_shared(first):
        raise PointTaken(
            _("This is the address of their household, and of everybody who lives there."),
            _("Change it on their page, under the household."),
        )
    if first is not None and _normal(first, **{part: value}) == NOTHING:
        remove_contact_point(first, by=by, at=at)
        return
    if not write_place([customer.pk], part, value, at=at):
        raise PointTaken(_("%(name)s has this address already.") % {"name": customer.name})
    changed(customer, "changed contact point", by=by, at=at)


def write_place(
    customer_ids: Sequence[int],
    part: str,
    value: str,
    *,
    at: datetime,
    operation: Operation | None = None,
) -> int:
    """Write one part of the address that we use; returns for how many customers it is new.

    Who shares the address of a household moves with everybody who lives there. Who has none gets
    one of this part alone, which takes no letter yet.
    """
    firsts = _first_addresses(customer_ids)
    homeless = sorted(set(customer_ids) - set(firsts)) if value else []
    points = _with_who_lives_there(list(firsts.values()))
    moved = _those_that_stay_apart(
        [point for point in points if getattr(point, part) != value], part, value
    )
    # Found before it is written: afterwards none is as the household's.
    houses = {point.customer.household_id or 0 for point in moved if _is_shared(point)}
    with _kept(operation, ContactPoint, _POINT, [point.pk for point in moved]):
        for point in moved:
            setattr(point, part, value)
            _put_together(point, at)
        ContactPoint.objects.bulk_update(moved, _POINT)
    _move_houses(sorted(houses), part, value, operation)
    _settle(homeless, part, value, at, operation)
    asked = set(customer_ids)
    return len(homeless) + sum(point.customer_id in asked for point in moved)


def _first_addresses(customer_ids: Iterable[int]) -> dict[int, ContactPoint]:
    rows = ContactPoint.objects.filter(customer__in=list(customer_ids), kind=PointKind.ADDRESS)
    found: dict[int, ContactPoint] = {}
    for point in rows.select_related("customer__household").order_by("-is_primary", "pk"):
        found.setdefault(point.customer_id, point)
    return found


def _with_who_lives_there(points: list[ContactPoint]) -> list[ContactPoint]:
    shared = {point.customer.household_id for point in points if _is_shared(point)}
    if not shared:
        return points
    # Where the household lived before is out of date, and stays as it was.
    others = ContactPoint.objects.filter(
        Q(source="household") | Q(value=F("customer__household__address")),
        kind=PointKind.ADDRESS, customer__household__in=shared,
    ).exclude(Q(pk__in=[point.pk for point in points]) | Q(state=PointState.STALE))  # fmt: skip
    return points + list(others.select_related("customer__household").order_by("pk"))


def _is_shared(point: ContactPoint) -> bool:
    """Whether it is the household's: its copy, or that of whoever brought it."""
    household = point.customer.household
    return household is not None and (
        point.source == "household" or point.value == household.address
    )


def _those_that_stay_apart(points: list[ContactPoint], part: str, value: str) -> list[ContactPoint]:
    """Those whose address is still one afterwards, and not the same as another one of theirs."""
    taken = set(
        ContactPoint.objects.filter(
            kind=PointKind.ADDRESS, customer__in=[point.customer_id for point in points]
        ).values_list("customer_id", "normal")
    )
    return [
        point for point in points
        if (normal := _normal(point, **{part: value})) != NOTHING
        and (point.customer_id, normal) not in taken
    ]  # fmt: skip


def _normal(point: ContactPoint | Household, **over: str) -> str:
    # As a file's address is compared, so that our own export finds it again.
    parts = (over.get(name, getattr(point, name)) for name in ADDRESS_PARTS)
    return "|".join(parts)[:LONGEST_NORMAL]


def _written(point: ContactPoint | Household) -> str:
    town = f"{point.postcode} {point.city}".strip()
    written = ", ".join(text for text in (point.street, town) if text)
    return written or point.region or point.country


def _put_together(point: ContactPoint, at: datetime) -> None:
    point.value, point.normal, point.state_at = _written(point), _normal(point), at
    point.state = PointState.USABLE if point.street else PointState.DOUBTFUL


def _move_houses(ids: Sequence[int], part: str, value: str, operation: Operation | None) -> None:
    houses = list(Household.objects.filter(pk__in=ids))
    with _kept(operation, Household, _HOUSE, ids):
        for house in houses:
            setattr(house, part, value)
            house.address = _written(house)
        Household.objects.bulk_update(houses, _HOUSE)


def _settle(
    ids: Sequence[int], part: str, value: str, at: datetime, operation: Operation | None
) -> None:
    made = [
        ContactPoint(
            customer_id=pk, kind=PointKind.ADDRESS, is_primary=True, created_at=at, **{part: value}
        )
        for pk in ids
    ]  # fmt: skip
    for point in made:
        _put_together(point, at)
    ContactPoint.objects.bulk_create(made)
    if operation is not None:
        remember_created(operation, ContactPoint, [point.pk for point in made])


def _kept(
    operation: Operation | None,
    model: type[ContactPoint | Household],
    columns: Sequence[str],
    ids: Sequence[int],
) -> AbstractContextManager[None]:
    return changing(operation, model, columns, ids) if operation and ids else nullcontext()
