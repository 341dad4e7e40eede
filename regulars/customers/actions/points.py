"""Ways to reach customers: added, corrected, forgotten."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.customers.actions.remembering import changed
from regulars.customers.choices import PointKind
from regulars.customers.errors import PointTaken, PointUnreadable
from regulars.customers.models import ContactPoint, Customer
from regulars.customers.naming import normal_of, seal_of, state_of
from regulars.team.queries import the_business


@transaction.atomic
def add_contact_point(
    customer: Customer, kind: PointKind, value: str, *, by: Actor, at: datetime, label: str = ""
) -> ContactPoint:
    """Add a way to reach a customer; the first of its kind is the one we use."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    point = write_point(customer, kind, value, label, at=at)
    changed(customer, "added contact point", by=by, at=at, point=point.pk)
    return point


@transaction.atomic
def change_contact_point(
    point: ContactPoint, value: str, *, by: Actor, at: datetime
) -> ContactPoint:
    """Correct a way to reach a customer."""
    Customer.objects.select_for_update().get(pk=point.customer_id)
    value, normal = _readable(point.kind, value)
    _refuse_twice(point.customer, point.kind, normal, but=point.pk)
    point.value, point.normal, point.state = value, normal, state_of(point.kind, normal)
    point.seal = seal_of(point.kind, normal)
    if point.kind == PointKind.ADDRESS:
        # The parts no longer say what the whole says.
        point.street, point.postcode, point.city, point.region = value, "", "", ""
    point.save()
    changed(point.customer, "changed contact point", by=by, at=at, point=point.pk)
    return point


@transaction.atomic
def remove_contact_point(point: ContactPoint, *, by: Actor, at: datetime) -> None:
    """Forget a way to reach a customer; another of its kind becomes the one we use."""
    customer, pk = point.customer, point.pk
    Customer.objects.select_for_update().get(pk=customer.pk)
    same = ContactPoint.objects.filter(customer=customer, kind=point.kind).exclude(pk=pk)
    if point.is_primary and (heir := same.order_by("id").first()):
        ContactPoint.objects.filter(pk=heir.pk).update(is_primary=True)
    point.delete()
    changed(customer, "removed contact point", by=by, at=at, point=pk)


def write_point(
    customer: Customer, kind: PointKind, value: str, label: str, *, at: datetime
) -> ContactPoint:
    value, normal = _readable(kind, value)
    _refuse_twice(customer, kind, normal)
    has_one = ContactPoint.objects.filter(customer=customer, kind=kind).exists()
    return ContactPoint.objects.create(
        customer=customer,
        kind=kind,
        value=value,
        normal=normal,
        seal=seal_of(kind, normal),
        label=label.strip(),
        street=value if kind == PointKind.ADDRESS else "",
        is_primary=not has_one,
        state=state_of(kind, normal),
        created_at=at,
    )


def _readable(kind: str, value: str) -> tuple[str, str]:
    """The value and what is compared; what is clearly not of its kind is refused."""
    business = the_business()
    value = value.strip()
    normal = normal_of(kind, value, business.country if business else "")
    if kind == PointKind.EMAIL and "@" not in normal:
        raise PointUnreadable(
            _("“%(text)s” is no e-mail address.") % {"text": value[:80]},
            _("Write it like ruth@example.com."),
        )
    if kind == PointKind.PHONE and sum(char.isdigit() for char in normal) < 3:
        raise PointUnreadable(
            _("“%(text)s” is no phone number.") % {"text": value[:80]},
            _("Write its digits, with the country's code when it is abroad."),
        )
    if not normal:
        raise PointUnreadable(_("There is nothing to keep."), _("Write how to reach them."))
    return value, normal


def _refuse_twice(customer: Customer, kind: str, normal: str, *, but: int | None = None) -> None:
    same = ContactPoint.objects.filter(customer=customer, kind=kind, normal=normal)
    if (same if but is None else same.exclude(pk=but)).exists():
        raise PointTaken(_("%(name)s has this already.") % {"name": customer.name})
