"""One cell of the list, changed in place, with a warning when somebody else was faster."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.core.list_fields import Column, ListField
from regulars.core.models import AuditEntry
from regulars.core.templatetags.look import day_words
from regulars.customers.actions.assigning import assign_customers
from regulars.customers.actions.people import Named, describe_customer, rename_customer
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for, is_assigner, is_changeable
from regulars.insight.actions import set_tier
from regulars.lists.queries.pages import in_words, values_of
from regulars.team.queries import members_who_look_after


class SomebodyFaster(Refusal):
    """The cell was changed by somebody else while it was being written."""

    def __init__(self, theirs: Any, who: str, when: datetime | None) -> None:
        super().__init__(_("Somebody else changed this meanwhile."))
        self.theirs, self.who, self.when = theirs, who, when


def words_in_cell(field: ListField, value: Any, currency: str) -> str:
    """A value as people say it: days as everywhere on the pages, not as files write them."""
    return day_words(value) if isinstance(value, date) else in_words(field, value, currency)


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of one customer as it stands."""

    customer: Customer
    field: ListField
    value: Any

    @property
    def seen(self) -> str:
        """What the browser brings back, to tell whether it is still so."""
        return as_seen(self.value)


def as_seen(value: Any) -> str:
    return "" if value is None else str(value)


def cell_of(customer: Customer, field: ListField) -> Cell:
    return Cell(customer, field, values_of([field], [customer.pk])[customer.pk].get(field.name))


def is_writable(actor: Actor, customer: Customer, field: ListField) -> bool:
    """Whether this person may write this cell."""
    if field.editable not in WRITERS or not isinstance(field.source, Column):
        return False
    if field.editable == "manager" and not is_assigner(actor):
        return False
    return is_changeable(actor, customer)


@transaction.atomic
def write_cell(
    cell: Cell, text: str, *, seen: str, by: Actor, at: datetime, anyway: bool = False
) -> Cell:
    """Write a cell, unless somebody wrote something else into it since it was seen."""
    Customer.objects.select_for_update().get(pk=cell.customer.pk)
    now = cell_of(cell.customer, cell.field)
    if now.seen != seen and not anyway and now.seen != text:
        last = AuditEntry.objects.filter(
            thing="customers.customer", thing_id=str(cell.customer.pk)
        ).order_by("-id").first()  # fmt: skip
        raise SomebodyFaster(now.value, last.actor_name if last else "", last.at if last else None)
    if now.seen != text:
        WRITERS[cell.field.editable](cell.customer, text, by, at)
    return cell_of(cell.customer, cell.field)


def _write_name(customer: Customer, text: str, by: Actor, at: datetime) -> None:
    rename_customer(customer, Named(Kind(customer.kind), text), by=by, at=at)


def _write_about(customer: Customer, text: str, by: Actor, at: datetime) -> None:
    describe_customer(customer, text, by=by, at=at)


def _write_manager(customer: Customer, text: str, by: Actor, at: datetime) -> None:
    found = [one for one in members_who_look_after() if str(one.pk) == text]
    if text and not found:
        raise Refusal(_("Choose somebody of the team who may look after customers."))
    one = customers_for(by).filter(pk=customer.pk)
    assign_customers(one, found[0] if found else None, by=by, at=at)


def _write_tier(customer: Customer, text: str, by: Actor, at: datetime) -> None:
    set_tier(customer, tier=text, reason=_("set on the list"), by=by, at=at)


Writer = Callable[[Customer, str, Actor, datetime], None]
WRITERS: dict[str, Writer] = {
    "name": _write_name, "about": _write_about, "manager": _write_manager, "tier": _write_tier,
}  # fmt: skip
