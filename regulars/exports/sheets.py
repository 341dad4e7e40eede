"""What goes out: a sheet is a name, its columns, and its rows in chunks."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from regulars.consent.choices import Decision
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.core.list_fields import FieldKind, ListField, Many
from regulars.core.money import Money
from regulars.core.several import as_noted, in_one_cell, names_in_one_cell
from regulars.customers.choices import Kind as CustomerKind
from regulars.customers.queries.custom import custom_fields
from regulars.exports.choices import Kind
from regulars.exports.chosen import Person, chosen_customers, people_in_chunks
from regulars.exports.letters import letters
from regulars.exports.tables import order_lines
from regulars.lists.queries.fields import list_fields_now, may_see_field
from regulars.lists.queries.pages import in_words, values_of

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, which our own import knows again, and what stands in it."""

    heading: str
    kind: Kind = Kind.TEXT
    # The field of the list that it shows: who may not see that one does not get this either.
    field: str = ""
    # Others that it shows as well.
    also: tuple[str, ...] = ()

    def is_seen(self, seen: Container[str]) -> bool:
        return all(name in seen for name in (self.field, *self.also) if name)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of one kind. Read once, from the front: nothing is held but the chunk in hand."""

    name: str
    columns: Sequence[Column]
    chunks: Iterator[Rows]


def _said(person: Person, channel: str) -> str:
    decision = person.consent.get(channel, ("", None))[0]
    return {Decision.GRANTED.value: "yes", Decision.WITHDRAWN.value: "no"}.get(decision, "")


def _said_at(person: Person, channel: str) -> Any:
    granted = person.consent.get(channel)
    return granted[1] if granted and granted[0] == Decision.GRANTED else None


def _part(person: Person, name: str) -> str:
    return getattr(person.address, name) if person.address else ""


def _street(person: Person) -> str:
    # An address of one piece is kept whole, and has no parts.
    return _part(person, "street") or ("" if _part(person, "city") else _part(person, "value"))


def _is_person(person: Person) -> bool:
    return person.kind == CustomerKind.PERSON


def _topics(person: Person, kind: str) -> str:
    return in_one_cell(person.topics.get(kind, []))


def _noted(person: Person, kind: str) -> str:
    return as_noted(person.topics_noted.get(kind, []))


def _others(person: Person, kind: str) -> str:
    return names_in_one_cell(person.others.get(kind, []))


# The headings are those that our import knows: what goes out comes back in unchanged.
CUSTOMER_COLUMNS: tuple[tuple[Column, Callable[[Person], Any]], ...] = (
    (Column("Name", field="customer.name"), lambda one: one.name if _is_person(one) else ""),
    (Column("First name", field="customer.first_name"), lambda one: one.given_name),
    (Column("Family name", field="customer.family_name"), lambda one: one.family_name),
    (
        Column("Organisation", field="customer.name"),
        lambda one: "" if _is_person(one) else one.name,
    ),
    (Column("E-mail", field="customer.email"), lambda one: one.emails[0] if one.emails else ""),
    (Column("Other e-mails", field="customer.email"), lambda one: "; ".join(one.emails[1:])),
    (
        Column("Phone", Kind.PHONE, field="customer.phone"),
        lambda one: one.phones[0] if one.phones else "",
    ),
    (
        Column("Other phones", Kind.PHONE, field="customer.phone"),
        lambda one: "; ".join(one.phones[1:]),
    ),
    (Column("Street", field="customer.street"), _street),
    (Column("Postcode", field="customer.postcode"), lambda one: _part(one, "postcode")),
    (Column("City", field="customer.city"), lambda one: _part(one, "city")),
    (Column("Region", field="customer.region"), lambda one: _part(one, "region")),
    (Column("Country", field="customer.country"), lambda one: _part(one, "country")),
    (Column("Note", field="customer.about"), lambda one: one.about),
    (Column("Customer since", Kind.DAY, field="customer.since_on"), lambda one: one.since_on),
    (Column("Household", field="customer.household"), lambda one: one.household),
    (Column("Tags", field="customer.tags"), lambda one: in_one_cell(one.tags)),
    (Column("Interests", field="customer.interests"), lambda one: _topics(one, "interest")),
    (Column("Needs", field="customer.needs"), lambda one: _topics(one, "need")),
    (
        Column("Interests, as noted", field="customer.interests"),
        lambda one: _noted(one, "interest"),
    ),
    (Column("Needs, as noted", field="customer.needs"), lambda one: _noted(one, "need")),
    (Column("Works at", field="customer.works_at"), lambda one: _others(one, "works_at")),
    (Column("Married to", field="customer.works_at"), lambda one: _others(one, "married_to")),
    (Column("Referred by", field="customer.referred_by"), lambda one: _others(one, "referred_by")),
    (Column("Serves", field="customer.serves"), lambda one: _others(one, "serves")),
    (Column("Related to", field="customer.works_at"), lambda one: _others(one, "related_to")),
    (
        Column(
            "Relations, as noted",
            field="customer.works_at",
            also=("customer.referred_by", "customer.serves"),
        ),
        lambda one: as_noted(one.others_noted),
    ),
    (Column("Looked after by", field="customer.manager"), lambda one: one.manager),
    (Column("Tier", field="insight.tier"), lambda one: one.tier),
    (Column("Last purchase", Kind.DAY, field="insight.last_on"), lambda one: one.last_on),
    (
        Column("Purchases", Kind.COUNT, field="insight.purchase_count"),
        lambda one: one.purchase_count,
    ),
    (Column("Email opt in", field="consent.email"), lambda one: _said(one, "email")),
    (
        Column("Email opt in date", Kind.MOMENT, field="consent.email"),
        lambda one: _said_at(one, "email"),
    ),
    (Column("Text opt in", field="consent.text"), lambda one: _said(one, "text")),
    (
        Column("Text consent date", Kind.MOMENT, field="consent.text"),
        lambda one: _said_at(one, "text"),
    ),
    (Column("Number in Regulars", Kind.COUNT), lambda one: one.id),
)


def customer_sheet(selection: dict[str, Any], actor: Actor, currency: str) -> Sheet:
    """The customers chosen, one row each, with what this person may see of them."""
    if selection.get("columns"):
        return _sheet_of_view(selection, actor, currency)
    seen = list_fields_now(actor)
    spent = Column(f"Spent in 12 months, {currency}", Kind.AMOUNT, "insight.year_spend")
    known = (
        *CUSTOMER_COLUMNS,
        *_own_columns(),
        (spent, lambda one: Money(one.year_spend_minor, currency).major),
    )
    shown = [(column, make) for column, make in known if column.is_seen(seen)]
    makers = [make for _column, make in shown]
    chunks = (
        [[make(one) for make in makers] for one in people]
        for people in people_in_chunks(chosen_customers(selection, actor))
    )
    return Sheet("customers", [column for column, _make in shown], chunks)


def _own_columns() -> Iterator[tuple[Column, Callable[[Person], Any]]]:
    for field in custom_fields():
        yield (
            Column(field.label, field=f"own.{field.key}"),
            lambda one, key=field.key: one.own.get(key, ""),  # type: ignore[misc]
        )


KINDS = {
    FieldKind.NUMBER: Kind.AMOUNT, FieldKind.MONEY: Kind.AMOUNT, FieldKind.DAY: Kind.DAY,
    FieldKind.FLAG: Kind.FLAG,
}  # fmt: skip


def _sheet_of_view(selection: dict[str, Any], actor: Actor, currency: str) -> Sheet:
    """The columns of a view, in its order, behind the name."""
    seen = list_fields_now(actor)
    names = ["customer.name", *(n for n in selection["columns"] if n != "customer.name")]
    fields = [seen[name] for name in names if name in seen]
    chunks = (
        _rows_of(fields, [one.id for one in people], currency)
        for people in people_in_chunks(chosen_customers(selection, actor))
    )
    return Sheet("customers", [_column_of(one) for one in fields], chunks)


def _column_of(field: ListField) -> Column:
    if isinstance(field.source, Many):
        return Column(str(field.label), Kind.PHONE if field.name == "customer.phone" else Kind.TEXT)
    return Column(str(field.label), KINDS.get(field.kind, Kind.TEXT))


def _rows_of(fields: Sequence[ListField], ids: Sequence[int], currency: str) -> Rows:
    held = values_of(fields, ids)
    return [[_plain(one, held[pk].get(one.name), currency) for one in fields] for pk in ids]


def _plain(field: ListField, value: Any, currency: str) -> Any:
    if value is None or isinstance(field.source, Many) or field.choices is not None:
        return in_words(field, value, currency)
    if field.kind == FieldKind.MONEY:
        return Money(value, currency).major
    if field.kind == FieldKind.DAY and isinstance(value, datetime):
        return value.date()
    return value


def letter_sheet(selection: dict[str, Any], actor: Actor) -> Sheet:
    """Whom letters go to, one row for each household or for who lives in none."""
    return Sheet("letters", LETTER_COLUMNS, letters(selection, actor))


LETTER_COLUMNS = tuple(
    Column(heading)
    for heading in (
        "Letter to", "Who lives there", "Street", "Postcode", "City", "Region", "Country",
    )
)  # fmt: skip


def order_sheet(selection: dict[str, Any], actor: Actor) -> Sheet:
    """What they bought, one row for each line of each order."""
    if not may_see_field(actor, "order"):
        raise NotAllowed(_("What customers bought is hidden from your role."))
    wanted = chosen_customers(selection, actor) if selection.get("audience") else None
    seen = list_fields_now(actor)
    shown = [at for at, one in enumerate(ORDER_COLUMNS) if one.is_seen(seen)]
    chunks = ([[line[at] for at in shown] for line in lines] for lines in order_lines(wanted))
    return Sheet("orders", [ORDER_COLUMNS[at] for at in shown], chunks)


ORDER_COLUMNS = (
    Column("Order number", field="order.number"), Column("Order date", Kind.MOMENT),
    Column("Order status"), Column("Stock code"), Column("Item"), Column("Quantity", Kind.AMOUNT),
    Column("Line total", Kind.AMOUNT), Column("Currency"), Column("Promised", Kind.DAY),
    Column("Delivered", Kind.MOMENT), Column("Name", field="customer.name"),
    Column("E-mail", field="customer.email"), Column("Sort of order"), Column("Source"),
    Column("Customer's number in Regulars", Kind.COUNT),
)  # fmt: skip
