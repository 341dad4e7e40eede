"""Changing the list itself. Doors ask `queries` whether the person may before they call."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.events import announce
from regulars.customers.actions.assigning import check_manager
from regulars.customers.actions.points import write_point
from regulars.customers.actions.remembering import changed, remember_words
from regulars.customers.choices import Kind, PointKind
from regulars.customers.errors import NobodyNamed
from regulars.customers.events import CustomerAdded, CustomerArchived, CustomerRestored
from regulars.customers.models import Customer
from regulars.customers.naming import sort_name_of
from regulars.team.models import Member


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
    check_manager(manager)
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
        write_point(customer, reach[0], reach[1], "", at=at)
    remember_words(customer, at=at)
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
    return changed(customer, "renamed", by=by, at=at)


@transaction.atomic
def describe_customer(customer: Customer, about: str, *, by: Actor, at: datetime) -> Customer:
    """Keep what matters to a customer: what they like, what to avoid."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    customer.about = about.strip()
    customer.save(update_fields=["about"])
    return changed(customer, "described", by=by, at=at)


@transaction.atomic
def date_customer(
    customer: Customer, since_on: date | None, *, by: Actor, at: datetime
) -> Customer:
    """Keep since when somebody is a customer of ours."""
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    customer.since_on = since_on
    customer.save(update_fields=["since_on"])
    return changed(customer, "dated", by=by, at=at)


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
    archived = Customer.objects.still_there().filter(pk=customer.pk).exclude(archived_at=None)
    if archived.update(archived_at=None, updated_at=at):
        audit.record("restored", customer, by=by, at=at)
        announce(CustomerRestored(customer.pk), at=at)


def _sort_name(named: Named) -> str:
    return sort_name_of(named.kind, named.name, named.given_name, named.family_name)
