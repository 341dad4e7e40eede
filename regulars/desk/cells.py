"""One cell of the list, changed in place, with a warning when somebody else was faster."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.core.list_fields import ListField
from regulars.core.models import AuditEntry
from regulars.core.templatetags.look import day_words
from regulars.customers.models import Customer
from regulars.customers.queries.people import is_assigner, is_changeable
from regulars.desk.cell_editors import editor_of
from regulars.lists.queries.pages import in_words, values_of


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
    # What the browser brings back, to tell whether it is still so.
    seen: str


def cell_of(customer: Customer, field: ListField) -> Cell:
    value = values_of([field], [customer.pk])[customer.pk].get(field.name)
    editor = editor_of(field)
    return Cell(customer, field, value, editor.seen(customer, field, value) if editor else "")


def is_writable(actor: Actor, customer: Customer, field: ListField) -> bool:
    """Whether this person may write this cell."""
    if editor_of(field) is None:
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
    editor = editor_of(cell.field)
    if editor is not None and now.seen != text:
        editor.write(cell.customer, cell.field, text, by, at)
    return cell_of(cell.customer, cell.field)
