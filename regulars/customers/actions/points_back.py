"""Ways to reach a customer, put back as they stood before one of them was changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from regulars.core.actor import Actor
from regulars.customers.actions.remembering import changed
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint, Customer

Kept = Sequence[Mapping[str, Any]]
_FIELDS = [field for field in ContactPoint._meta.concrete_fields if field.attname != "customer_id"]


def points_kept(customer: Customer, kind: str) -> list[dict[str, Any]]:
    """The ways of one kind to reach a customer as they stand, in plain values."""
    points = ContactPoint.objects.filter(customer=customer, kind=kind).order_by("pk")
    return [{field.attname: _plain(field, point) for field in _FIELDS} for point in points]


def _plain(field: "models.Field[Any, Any]", point: ContactPoint) -> Any:
    value = field.value_from_object(point)
    return value.isoformat() if hasattr(value, "isoformat") else value


@transaction.atomic
def put_points_back(
    customer: Customer, kind: str, *, before: Kept, after: Kept, by: Actor, at: datetime
) -> bool:
    """Take a change of ways to reach a customer back; what somebody changed since stays.

    Says whether it was put back.
    """
    Customer.objects.select_for_update().get(pk=customer.pk)
    if points_kept(customer, kind) != list(after):
        return False
    there = ContactPoint.objects.filter(customer=customer, kind=PointKind(kind))
    there.exclude(pk__in=[one["id"] for one in before]).delete()
    for one in before:
        ContactPoint(customer=customer, **_read(one)).save()
    changed(customer, "put contact points back", by=by, at=at)
    return True


def _read(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {field.attname: field.to_python(kept[field.attname]) for field in _FIELDS}
