"""How the cells of the list are written in: what stands in the field, and what keeps it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.core.list_fields import FieldKind, ListField
from regulars.customers.actions.assigning import assign_customers
from regulars.customers.actions.custom import set_custom_values
from regulars.customers.actions.people import (
    Named,
    date_customer,
    describe_customer,
    rename_customer,
)
from regulars.customers.actions.places import change_place
from regulars.customers.actions.points import (
    ADDRESS_PARTS,
    add_contact_point,
    change_contact_point,
    remove_contact_point,
)
from regulars.customers.actions.tags import tag_customers, untag_customers
from regulars.customers.choices import Kind, PointKind
from regulars.customers.custom_values import value_read, value_written
from regulars.customers.models import Customer, CustomerQuerySet, CustomField
from regulars.customers.queries.custom import custom_fields, custom_values_of
from regulars.customers.queries.people import customers_for
from regulars.customers.queries.tags import tag_for, tags_of
from regulars.insight.actions import set_tier
from regulars.team.queries import members_who_look_after, the_named_business

Write = Callable[[Customer, ListField, str, Actor, datetime], None]
Seen = Callable[[Customer, ListField, Any], str]
# Between several values in what the browser brings back.
BETWEEN = ","
OWN = "own."


@dataclass(frozen=True, slots=True)
class Editor:
    """One sort of cell: its field (line, long, day, choice, several), and what keeps it.

    `reach`: it is one of the customer's ways to be reached, which are put back as a whole.
    """

    write: Write
    seen: Seen
    widget: str = "line"
    is_required: bool = False
    reach: PointKind | None = None


def editor_of(field: ListField) -> Editor | None:
    """How a cell of this field is written in; None where it is not."""
    if not field.editable.startswith(OWN):
        return EDITORS.get(field.editable)
    widget = _WIDGETS.get(field.kind, "line")
    return Editor(_write_own, _own_seen, widget)


_WIDGETS = {
    FieldKind.DAY: "day", FieldKind.CHOICE: "choice", FieldKind.FLAG: "choice",
    FieldKind.CHOICES: "several",
}  # fmt: skip


def _as_it_is(_customer: Customer, _field: ListField, value: Any) -> str:
    return "" if value is None else str(value)


def _first(_customer: Customer, _field: ListField, value: Any) -> str:
    return str(value[0]) if value else ""


def _only(customer: Customer, by: Actor) -> CustomerQuerySet:
    return customers_for(by).filter(pk=customer.pk)


def _write_name(customer: Customer, field: ListField, text: str, by: Actor, at: datetime) -> None:
    rename_customer(customer, Named(Kind(customer.kind), text), by=by, at=at)


def _write_kind(customer: Customer, field: ListField, text: str, by: Actor, at: datetime) -> None:
    if text not in Kind.values:
        raise Refusal(_("Choose what they are."))
    names = (customer.name, customer.given_name, customer.family_name)
    rename_customer(customer, Named(Kind(text), *names), by=by, at=at)


def _write_about(customer: Customer, field: ListField, text: str, by: Actor, at: datetime) -> None:
    describe_customer(customer, text, by=by, at=at)


def _write_since(customer: Customer, field: ListField, text: str, by: Actor, at: datetime) -> None:
    try:
        since_on = date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(_("“%(text)s” is no date.") % {"text": text[:40]}) from None
    date_customer(customer, since_on, by=by, at=at)


def _write_manager(
    customer: Customer, field: ListField, text: str, by: Actor, at: datetime
) -> None:
    found = [one for one in members_who_look_after() if str(one.pk) == text]
    if text and not found:
        raise Refusal(_("Choose somebody of the team who may look after customers."))
    assign_customers(_only(customer, by), found[0] if found else None, by=by, at=at)


def _write_tier(customer: Customer, field: ListField, text: str, by: Actor, at: datetime) -> None:
    set_tier(customer, tier=text, reason=_("set on the list"), by=by, at=at)


def _write_point(customer: Customer, field: ListField, text: str, by: Actor, at: datetime) -> None:
    kind = PointKind(field.editable)
    points = customer.contact_points.filter(kind=kind)
    first = points.order_by("-is_primary", "pk").first()
    if first is None:
        add_contact_point(customer, kind, text, by=by, at=at)
    elif text.strip():
        change_contact_point(first, text, by=by, at=at)
    else:
        remove_contact_point(first, by=by, at=at)


def _write_place(customer: Customer, field: ListField, text: str, by: Actor, at: datetime) -> None:
    change_place(customer, field.editable, text, by=by, at=at)


def _write_tags(customer: Customer, field: ListField, text: str, by: Actor, at: datetime) -> None:
    wanted = {int(part) for part in text.split(BETWEEN) if part.isdecimal() and len(part) < 19}
    has = {tag.pk: tag for tag in tags_of([customer.pk]).get(customer.pk, [])}
    for pk in sorted(wanted - set(has)):
        tag_customers(_only(customer, by), tag_for(pk), by=by, at=at)
    for pk in sorted(set(has) - wanted):
        untag_customers(_only(customer, by), has[pk], by=by, at=at)


def _tags_seen(_customer: Customer, _field: ListField, value: Any) -> str:
    return BETWEEN.join(str(pk) for pk in sorted(value or ()))


def _own_field(field: ListField) -> CustomField:
    key = field.editable.removeprefix(OWN)
    found = next((one for one in custom_fields() if one.key == key), None)
    if found is None:
        raise Refusal(_("There is no such field any more."), _("Choose another column."))
    return found


def _own_seen(customer: Customer, field: ListField, value: Any) -> str:
    own = _own_field(field)
    held = custom_values_of([customer.pk], [own]).get(customer.pk, {}).get(own.key)
    return BETWEEN.join(held) if isinstance(held, tuple) else value_written(own, held)


def _write_own(customer: Customer, field: ListField, text: str, by: Actor, at: datetime) -> None:
    own = _own_field(field)
    held = value_read(own, text, the_named_business().currency)
    set_custom_values(_only(customer, by), {own: held}, by=by, at=at)


EDITORS: dict[str, Editor] = {
    "name": Editor(_write_name, _as_it_is, is_required=True),
    "kind": Editor(_write_kind, _as_it_is, "choice", is_required=True),
    "about": Editor(_write_about, _as_it_is, "long"),
    "since_on": Editor(_write_since, _as_it_is, "day"),
    "manager": Editor(_write_manager, _as_it_is, "choice"),
    "tier": Editor(_write_tier, _as_it_is, "choice", is_required=True),
    "email": Editor(_write_point, _first, reach=PointKind.EMAIL),
    "phone": Editor(_write_point, _first, reach=PointKind.PHONE),
    "tags": Editor(_write_tags, _tags_seen, "several"),
    **{part: Editor(_write_place, _first, reach=PointKind.ADDRESS) for part in ADDRESS_PARTS},
}
