"""Changing the list of customers. Doors ask `queries` whether the person may before they call."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.bulk import run_sql, table_of
from regulars.core.events import announce
from regulars.customers.choices import Kind, PointKind
from regulars.customers.errors import (
    AssignmentUndone,
    CannotLookAfter,
    NobodyNamed,
    PointTaken,
    PointUnreadable,
)
from regulars.customers.events import (
    CustomerAdded,
    CustomerArchived,
    CustomerChanged,
    CustomerRestored,
    CustomersAssigned,
)
from regulars.customers.models import (
    Assignment,
    ContactPoint,
    Customer,
    CustomerQuerySet,
    ManagerChange,
)
from regulars.customers.naming import (
    normal_of,
    seal_of,
    search_text_of,
    sort_name_of,
    state_of,
)
from regulars.team.choices import Role
from regulars.team.models import Member
from regulars.team.queries import the_business


@dataclass(frozen=True, slots=True)
class Named:
    """What a customer is called. A person's family name is the last word unless it is given."""

    kind: Kind
    name: str
    given_name: str = ""
    family_name: str = ""

    def filled(self) -> "Named":
        name = " ".join(self.name.split())
        if not name:
            raise NobodyNamed(_("A customer needs a name."), _("Write what you call them."))
        given, family = self.given_name.strip(), self.family_name.strip()
        if self.kind == Kind.PERSON and not (given or family):
            given, _gap, family = name.rpartition(" ")
            if not given:
                given, family = family, ""
        return Named(self.kind, name, given, family)


# The list itself


@transaction.atomic
def add_customer(
    named: Named,
    *,
    by: Actor,
    at: datetime,
    reach: tuple[PointKind, str] | None = None,
    manager: Member | None = None,
) -> Customer:
    """Put somebody on the list, with one way to reach them and who looks after them."""
    named = named.filled()
    _check_manager(manager)
    customer = Customer.objects.create(
        kind=named.kind,
        name=named.name,
        given_name=named.given_name,
        family_name=named.family_name,
        sort_name=_sort_name(named),
        manager=manager,
        created_at=at,
        updated_at=at,
    )
    if reach is not None:
        _write_point(customer, reach[0], reach[1], "", at=at)
    _remember_words(customer, at=at)
    audit.record("added", customer, by=by, at=at)
    announce(CustomerAdded(customer.pk), at=at)
    return customer


@transaction.atomic
def rename_customer(customer: Customer, named: Named, *, by: Actor, at: datetime) -> Customer:
    """Write a customer's name as they want it written."""
    named = named.filled()
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    customer.kind, customer.name = named.kind, named.name
    customer.given_name, customer.family_name = named.given_name, named.family_name
    customer.sort_name = _sort_name(named)
    customer.save(update_fields=["kind", "name", "given_name", "family_name", "sort_name"])
    return _changed(customer, "renamed", by=by, at=at)


@transaction.atomic
def describe_customer(customer: Customer, about: str, *, by: Actor, at: datetime) -> Customer:
    """Keep what matters to a customer: what they like, what to avoid."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    customer.about = about.strip()
    customer.save(update_fields=["about"])
    return _changed(customer, "described", by=by, at=at)


@transaction.atomic
def archive_customer(customer: Customer, *, by: Actor, at: datetime) -> None:
    """Take somebody off the list. Nothing is deleted, and they can be put back."""
    taken_off = Customer.objects.filter(pk=customer.pk, archived_at=None)
    if taken_off.update(archived_at=at, updated_at=at):
        audit.record("archived", customer, by=by, at=at)
        announce(CustomerArchived(customer.pk), at=at)


@transaction.atomic
def restore_customer(customer: Customer, *, by: Actor, at: datetime) -> None:
    """Put somebody back on the list."""
    archived = Customer.objects.filter(pk=customer.pk).exclude(archived_at=None)
    if archived.update(archived_at=None, updated_at=at):
        audit.record("restored", customer, by=by, at=at)
        announce(CustomerRestored(customer.pk), at=at)


# Ways to reach them


@transaction.atomic
def add_contact_point(
    customer: Customer, kind: PointKind, value: str, *, by: Actor, at: datetime, label: str = ""
) -> ContactPoint:
    """Add a way to reach a customer; the first of its kind is the one we use."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    point = _write_point(customer, kind, value, label, at=at)
    _changed(customer, "added contact point", by=by, at=at, point=point.pk)
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
    _changed(point.customer, "changed contact point", by=by, at=at, point=point.pk)
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
    _changed(customer, "removed contact point", by=by, at=at, point=pk)


# Who looks after whom


@transaction.atomic
def assign_customers(
    customers: CustomerQuerySet, to: Member | None, *, by: Actor, at: datetime
) -> Assignment:
    """Give customers to a member, who looks after them from now on; nobody is chosen by `None`."""
    _check_manager(to)
    moving = customers.order_by().filter(~Q(manager=to) if to is None else _not_with(to))
    assignment = Assignment.objects.create(to=to, made_at=at, made_by_id=by.member_id)
    # One statement, whatever the selection: a hundred thousand rows never come to Python.
    chosen, values = moving.values("pk", "manager_id").query.sql_with_params()
    count = run_sql(
        f"INSERT INTO {table_of(ManagerChange)} (assignment_id, customer_id, before_id)"  # noqa: S608
        f" SELECT {assignment.pk}, chosen.* FROM ({chosen}) AS chosen",
        values,
    )
    moved = ManagerChange.objects.filter(assignment=assignment).values("customer_id")
    Customer.objects.filter(pk__in=moved).update(manager=to, updated_at=at)
    assignment.count = count
    assignment.save(update_fields=["count"])
    audit.record("assigned", assignment, by=by, at=at, to=to.pk if to else None, count=count)
    announce(CustomersAssigned(assignment.pk, to.pk if to else None, count), at=at)
    return assignment


@transaction.atomic
def undo_assignment(assignment: Assignment, *, by: Actor, at: datetime) -> int:
    """Give customers back to those who looked after them before.

    Whoever was given to somebody else since then stays there.
    """
    assignment = Assignment.objects.select_for_update().get(pk=assignment.pk)
    if assignment.undone_at is not None:
        raise AssignmentUndone(_("This has been taken back already."))
    changes = ManagerChange.objects.filter(assignment=assignment)
    theirs = Customer.objects.filter(pk__in=changes.values("customer_id"), manager=assignment.to)
    before = changes.filter(customer=OuterRef("pk")).values("before_id")[:1]
    count = theirs.update(manager=Subquery(before), updated_at=at)
    assignment.undone_at = at
    assignment.save(update_fields=["undone_at"])
    audit.record("undid assignment", assignment, by=by, at=at, count=count)
    announce(CustomersAssigned(assignment.pk, assignment.to_id, count, is_undo=True), at=at)
    return count


def _not_with(member: Member) -> Q:
    return ~Q(manager=member) | Q(manager=None)


def _check_manager(member: Member | None) -> None:
    if member is not None and (not member.is_active or member.role == Role.VIEWER):
        raise CannotLookAfter(
            _("%(name)s cannot look after customers.") % {"name": member.name},
            _("Choose somebody who is on the team and may do more than look."),
        )


def _sort_name(named: Named) -> str:
    return sort_name_of(named.kind, named.name, named.given_name, named.family_name)


def _write_point(
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


def _changed(customer: Customer, verb: str, *, by: Actor, at: datetime, **detail: int) -> Customer:
    _remember_words(customer, at=at)
    audit.record(verb, customer, by=by, at=at, **detail)
    announce(CustomerChanged(customer.pk), at=at)
    return customer


def _remember_words(customer: Customer, *, at: datetime) -> None:
    """What search looks in follows every change of names and addresses."""
    points = list(customer.contact_points.values_list("kind", "value", "normal"))
    references = customer.references.values_list("value", flat=True)
    names = [customer.name, customer.given_name, customer.family_name, *references]
    emails = [normal for kind, _value, normal in points if kind == PointKind.EMAIL]
    phones = [
        text
        for kind, value, normal in points
        if kind == PointKind.PHONE
        for text in (value, normal)
    ]
    customer.search_text = search_text_of(names, emails, phones)
    customer.updated_at = at
    customer.save(update_fields=["search_text", "updated_at"])
