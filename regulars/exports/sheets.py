"""What goes out: a sheet is a name, its columns, and its rows in chunks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from regulars.consent.choices import Decision
from regulars.core.actor import Actor
from regulars.core.money import Money
from regulars.customers.choices import Kind as CustomerKind
from regulars.exports.choices import Kind
from regulars.exports.chosen import Person, chosen_customers, people_in_chunks
from regulars.exports.tables import order_lines

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, which our own import knows again, and what stands in it."""

    heading: str
    kind: Kind = Kind.TEXT


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


# The headings are those that our import knows: what goes out comes back in unchanged.
CUSTOMER_COLUMNS: tuple[tuple[Column, Callable[[Person], Any]], ...] = (
    (Column("Name"), lambda one: one.name if _is_person(one) else ""),
    (Column("First name"), lambda one: one.given_name),
    (Column("Family name"), lambda one: one.family_name),
    (Column("Organisation"), lambda one: "" if _is_person(one) else one.name),
    (Column("E-mail"), lambda one: one.emails[0] if one.emails else ""),
    (Column("Other e-mails"), lambda one: "; ".join(one.emails[1:])),
    (Column("Phone", Kind.PHONE), lambda one: one.phones[0] if one.phones else ""),
    (Column("Other phones", Kind.PHONE), lambda one: "; ".join(one.phones[1:])),
    (Column("Street"), _street),
    (Column("Postcode"), lambda one: _part(one, "postcode")),
    (Column("City"), lambda one: _part(one, "city")),
    (Column("Region"), lambda one: _part(one, "region")),
    (Column("Country"), lambda one: _part(one, "country")),
    (Column("Note"), lambda one: one.about),
    (Column("Customer since", Kind.DAY), lambda one: one.since_on),
    (Column("Household"), lambda one: one.household),
    (Column("Looked after by"), lambda one: one.manager),
    (Column("Tier"), lambda one: one.tier),
    (Column("Last purchase", Kind.DAY), lambda one: one.last_on),
    (Column("Purchases", Kind.COUNT), lambda one: one.purchase_count),
    (Column("Email opt in"), lambda one: _said(one, "email")),
    (Column("Email opt in date", Kind.MOMENT), lambda one: _said_at(one, "email")),
    (Column("Text opt in"), lambda one: _said(one, "text")),
    (Column("Text consent date", Kind.MOMENT), lambda one: _said_at(one, "text")),
    (Column("Number in Regulars", Kind.COUNT), lambda one: one.id),
)


def customer_sheet(selection: dict[str, Any], actor: Actor, currency: str) -> Sheet:
    """The customers chosen, one row each."""
    spent = Column(f"Spent in 12 months, {currency}", Kind.AMOUNT)
    makers = [make for _column, make in CUSTOMER_COLUMNS]

    def rows(people: Iterable[Person]) -> Rows:
        return [
            [*(make(one) for make in makers), Money(one.year_spend_minor, currency).major]
            for one in people
        ]

    chunks = (rows(people) for people in people_in_chunks(chosen_customers(selection, actor)))
    return Sheet("customers", [*(column for column, _make in CUSTOMER_COLUMNS), spent], chunks)


def order_sheet(selection: dict[str, Any], actor: Actor) -> Sheet:
    """What they bought, one row for each line of each order."""
    wanted = chosen_customers(selection, actor) if selection else None
    return Sheet("orders", [Column(name, kind) for name, kind in ORDER_COLUMNS],
                 order_lines(wanted))  # fmt: skip


ORDER_COLUMNS = (
    ("Order number", Kind.TEXT), ("Order date", Kind.MOMENT), ("Order status", Kind.TEXT),
    ("Stock code", Kind.TEXT), ("Item", Kind.TEXT), ("Quantity", Kind.AMOUNT),
    ("Line total", Kind.AMOUNT), ("Currency", Kind.TEXT), ("Promised", Kind.DAY),
    ("Delivered", Kind.MOMENT), ("Name", Kind.TEXT), ("E-mail", Kind.TEXT),
    ("Sort of order", Kind.TEXT), ("Source", Kind.TEXT),
    ("Customer's number in Regulars", Kind.COUNT),
)  # fmt: skip
