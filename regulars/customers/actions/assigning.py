"""Who looks after whom: giving customers to a member, and taking that back."""

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.bulk import run_sql, table_of
from regulars.core.events import announce
from regulars.customers.errors import AssignmentUndone, CannotLookAfter
from regulars.customers.events import CustomersAssigned
from regulars.customers.models import Assignment, Customer, CustomerQuerySet, ManagerChange
from regulars.team.choices import Role
from regulars.team.models import Member


@transaction.atomic
def assign_customers(
    customers: CustomerQuerySet, to: Member | None, *, by: Actor, at: datetime
) -> Assignment:
    """Give customers to a member, who looks after them from now on; nobody is chosen by `None`."""
    check_manager(to)
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


def check_manager(member: Member | None) -> None:
    if member is not None and (not member.is_active or member.role == Role.VIEWER):
        raise CannotLookAfter(
            _("%(name)s cannot look after customers.") % {"name": member.name},
            _("Choose somebody who is on the team and may do more than look."),
        )
