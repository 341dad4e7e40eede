"""Ways to reach customers: added, corrected, found good or bad, forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.customers.actions.remembering import changed
from regulars.customers.choices import PointKind, PointState
from regulars.customers.errors import PointTaken, PointUnreadable
from regulars.customers.events import CustomerChanged
from regulars.customers.models import ContactPoint, Customer, Household
from regulars.customers.naming import normal_of, seal_of, state_of
from regulars.team.queries import the_business

LONGEST_LABEL = 40
ADDRESS_PARTS = ("street", "postcode", "city", "region", "country")


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
    point.state_at, point.verified_at = at, None
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


@transaction.atomic
def label_point(
    point: ContactPoint, label: str, *, is_primary: bool, by: Actor, at: datetime
) -> ContactPoint:
    """Say what a way to reach a customer is, and whether it is the one of its kind that we use."""
    Customer.objects.select_for_update().get(pk=point.customer_id)
    point.label = label.strip()[:LONGEST_LABEL]
    point.save(update_fields=["label"])
    if is_primary and not point.is_primary:
        _make_primary(point)
    changed(point.customer, "labelled contact point", by=by, at=at, point=point.pk)
    return point


@transaction.atomic
def set_point_state(
    point: ContactPoint, state: PointState, *, by: Actor, at: datetime
) -> ContactPoint:
    """Say whether a way to reach a customer still works; only a usable one is written to."""
    Customer.objects.select_for_update().get(pk=point.customer_id)
    point.state, point.state_at = state, at
    if state != PointState.USABLE:
        point.verified_at = None
    point.save(update_fields=["state", "state_at", "verified_at"])
    changed(point.customer, f"called contact point {state}", by=by, at=at, point=point.pk)
    return point


@transaction.atomic
def verify_point(point: ContactPoint, *, by: Actor, at: datetime) -> ContactPoint:
    """Note that a way to reach a customer works: somebody has seen it."""
    Customer.objects.select_for_update().get(pk=point.customer_id)
    point.state, point.state_at, point.verified_at = PointState.USABLE, at, at
    point.save(update_fields=["state", "state_at", "verified_at"])
    changed(point.customer, "verified contact point", by=by, at=at, point=point.pk)
    return point


@dataclass(frozen=True, slots=True)
class PointWritten:
    """A way to reach a customer as one line of a form has it; no state leaves it as it is."""

    value: str
    label: str = ""
    state: PointState | None = None
    is_verified: bool = False
    is_primary: bool = False


@transaction.atomic
def edit_point(
    point: ContactPoint, written: PointWritten, *, by: Actor, at: datetime
) -> ContactPoint:
    """Write one way to reach a customer anew: the value, what it is, whether it works and leads."""
    before = point.state
    if written.value.strip() != point.value:
        point = change_contact_point(point, written.value, by=by, at=at)
    if written.is_verified:
        verify_point(point, by=by, at=at)
    elif written.state is not None and written.state != before:
        set_point_state(point, written.state, by=by, at=at)
    leads = written.is_primary and not point.is_primary
    if leads or written.label.strip() != point.label:
        label_point(point, written.label, is_primary=leads, by=by, at=at)
    return point


@transaction.atomic
def note_bounces(seals: Sequence[str], *, by: Actor, at: datetime) -> int:
    """Note that mail to these addresses came back: nobody writes to them until it is cleared up."""
    found = ContactPoint.objects.filter(
        kind=PointKind.EMAIL, seal__in=seals, state__in=[PointState.USABLE, PointState.DOUBTFUL]
    )
    customer_ids = sorted(set(found.values_list("customer_id", flat=True)))
    count = found.update(state=PointState.BOUNCED, state_at=at, verified_at=None)
    if count:
        Customer.objects.filter(pk__in=customer_ids).update(updated_at=at)
        audit.record("bounced", "customers.contactpoint", by=by, at=at, count=count)
        for customer_id in customer_ids:
            announce(CustomerChanged(customer_id), at=at)
    return count


@transaction.atomic
def forget_bounces(seal: str, *, by: Actor, at: datetime) -> int:
    """Write to an address again whose mail came back: it was a mistake, or has been put right."""
    found = ContactPoint.objects.filter(
        kind=PointKind.EMAIL, seal=seal, state=PointState.BOUNCED
    ).order_by("customer_id", "id")
    points = list(found)
    for point in points:
        point.state, point.state_at = state_of(PointKind(point.kind), point.normal), at
    ContactPoint.objects.bulk_update(points, ["state", "state_at"])
    for point in points:
        changed(point.customer, "forgot bounce", by=by, at=at, point=point.pk)
    return len(points)


def shared_address(customer: Customer, household: Household, *, at: datetime) -> None:
    """Give a member of a household its address, as the one that we use."""
    if not household.address:
        return
    normal = normal_of(PointKind.ADDRESS, household.address, "")
    point, _is_new = ContactPoint.objects.get_or_create(
        customer=customer,
        kind=PointKind.ADDRESS,
        normal=normal,
        defaults={
            "value": household.address,
            "seal": seal_of(PointKind.ADDRESS, normal),
            **{part: getattr(household, part) for part in ADDRESS_PARTS},
            "source": "household",
            "created_at": at,
        },
    )
    # Where the household lived before is kept, and no letter goes there.
    before = ContactPoint.objects.filter(
        customer=customer, kind=PointKind.ADDRESS, source="household"
    )
    before.exclude(pk=point.pk).update(state=PointState.STALE, state_at=at)
    if point.state != PointState.USABLE:
        ContactPoint.objects.filter(pk=point.pk).update(state=PointState.USABLE, state_at=at)
    _make_primary(point)


def _make_primary(point: ContactPoint) -> None:
    same = ContactPoint.objects.filter(customer=point.customer_id, kind=point.kind)
    same.exclude(pk=point.pk).update(is_primary=False)
    same.filter(pk=point.pk).update(is_primary=True)
    point.is_primary = True


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
        label=label.strip()[:LONGEST_LABEL],
        street=value if kind == PointKind.ADDRESS else "",
        is_primary=not has_one,
        state=state_of(kind, normal),
        state_at=at,
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
