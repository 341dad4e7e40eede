"""A customer looks through what we have of them, and says what is right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.before_images import changing, remember_created
from regulars.core.models import Operation
from regulars.core.operations import begin_operation
from regulars.customers.actions.people import Named, rename_customer
from regulars.customers.actions.points import (
    add_contact_point,
    change_contact_point,
    set_point_state,
    verify_point,
)
from regulars.customers.choices import Kind, PointKind, PointState
from regulars.customers.models import ContactPoint, Customer

NAMES = ["kind", "name", "given_name", "family_name", "sort_name", "search_text"]
POINT = [
    "value", "normal", "seal", "state", "state_at", "verified_at", "street", "postcode", "city",
    "region", "country",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said: the name, what each way to reach them is now, which of them are over."""

    name: str
    written: Mapping[int, str] = field(default_factory=dict)
    over: frozenset[int] = frozenset()
    added: Mapping[PointKind, str] = field(default_factory=dict)


@transaction.atomic
def confirm_details(customer: Customer, answer: Answer, *, by: Actor, at: datetime) -> Operation:
    """Take what a customer says of their own details; staff see what changed, and can undo it."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    operation = begin_operation(Operation.Kind.BULK, subject_id=None, by=by, at=at)
    points = list(ContactPoint.objects.filter(customer=customer).order_by("pk"))
    ids = [point.pk for point in points]
    said: list[str] = []
    with (
        changing(operation, ContactPoint, POINT, ids),
        changing(operation, Customer, NAMES, [customer.pk]),
    ):
        said += _name(customer, answer.name, by, at)
        for point in points:
            said += _point(point, answer, by, at)
        said += _added(customer, operation, answer, by, at)
    words = _("%(name)s looked through their details") % {"name": customer.name}
    if said:
        words = _("%(words)s; %(changes)s") % {
            "words": words, "changes": get_text_list(said, _("and")),
        }  # fmt: skip
    operation.words = words
    operation.save(update_fields=["words"])
    audit.record("confirmed the details of", customer, by=by, at=at, changes=len(said))
    return operation


def _added(
    customer: Customer, operation: Operation, answer: Answer, by: Actor, at: datetime
) -> list[str]:
    # Their words of search are made of their name, which may be another by now.
    fresh = Customer.objects.get(pk=customer.pk)
    for kind, value in answer.added.items():
        point = add_contact_point(fresh, kind, value, by=by, at=at)
        verify_point(point, by=by, at=at)
        remember_created(operation, ContactPoint, [point.pk])
    return [_("new: %(kind)s") % {"kind": kind.label} for kind in answer.added]


def _name(customer: Customer, name: str, by: Actor, at: datetime) -> list[str]:
    name = " ".join(name.split())
    if not name or name == customer.name:
        return []
    rename_customer(customer, Named(Kind(customer.kind), name), by=by, at=at)
    return [_("the name")]


def _point(point: ContactPoint, answer: Answer, by: Actor, at: datetime) -> list[str]:
    kind = PointKind(point.kind).label
    written = " ".join(answer.written.get(point.pk, "").split())
    if point.pk in answer.over:
        set_point_state(point, PointState.STALE, by=by, at=at)
        return [_("no longer: %(kind)s") % {"kind": kind}]
    if not written or written == point.value:
        verify_point(point, by=by, at=at)
        return []
    verify_point(change_contact_point(point, written, by=by, at=at), by=by, at=at)
    return [_("changed: %(kind)s") % {"kind": kind}]
