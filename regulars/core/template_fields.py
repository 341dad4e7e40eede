"""What a text may say of a customer: rooms register fields, messages ask for their values.

A field gives plain values for a whole set of customers at once, so that the number of queries
does not grow with them (RELIABILITY X1).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from regulars.core.actor import Actor
from regulars.core.list_fields import is_hidden
from regulars.core.registry import Registry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    # Lives in the stubs only.
    from django.utils.functional import _StrPromise

# What JSON keeps as it is; days are written 2026-11-24.
Plain = str | int
Value = str | int | date | Decimal
Read = Callable[[Sequence[int], Sequence[str]], Iterable[Sequence[Any]]]
LONGEST_VALUE = 2_000
# Control signs, and those that turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class TemplateField:
    """One thing that a text can say of a customer.

    `values` leaves out customers who have none; `when_empty` is what the editor proposes to say
    for them; `missing` finds the customers on the list who have none, as a query. One that
    `is_archived` is offered no more, and still said where a text that is out says it.
    """

    name: str
    label: "str | _StrPromise"
    example: "str | _StrPromise"
    when_empty: "str | _StrPromise"
    values: Callable[[Sequence[int], datetime], Mapping[int, Value]]
    missing: "Callable[[], QuerySet[Any]] | None" = None
    is_archived: bool = False
    # What lists call it: hidden there from whoever looks, it is not said to them either.
    listed: tuple[str, ...] = ()
    # Whatever a text is meant to be for, one that says this sells.
    sells: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """Values that are a column of a table: `read(ids, paths)` gives rows of (id, *values)."""

    read: Read
    path: str

    def __call__(self, ids: Sequence[int], _at: datetime) -> Mapping[int, Value]:
        return {pk: value for pk, value in self.read(ids, [self.path]) if value}


template_fields: Registry[TemplateField] = Registry("template fields")
# Rooms whose fields the business makes itself: each source answers with those of now.
field_sources: Registry[Callable[[], Iterable[TemplateField]]] = Registry(
    "sources of template fields"
)


def register_field(field: TemplateField) -> TemplateField:
    return template_fields.register(field.name, field)


def every_template_field() -> dict[str, TemplateField]:
    """All fields by name, archived ones included."""
    found = {field.name: field for field in template_fields}
    for source in field_sources:
        found |= {field.name: field for field in source()}
    return found


def template_fields_now() -> dict[str, TemplateField]:
    """The fields that a text may say from now on."""
    return {name: one for name, one in every_template_field().items() if not one.is_archived}


def values_for(
    names: Iterable[str], customer_ids: Iterable[int], at: datetime
) -> dict[int, dict[str, Plain]]:
    """The values of these fields for these customers; nothing is "", never absent."""
    every = every_template_field()
    known = [every[name] for name in names if name in every]
    ids = list(customer_ids)
    blank: dict[str, Plain] = {field.name: "" for field in known}
    found = {customer_id: dict(blank) for customer_id in ids}
    for name, of in _asked(known, ids, at):
        for customer_id, value in of.items():
            if customer_id in found:
                found[customer_id][name] = plain(value)
    return found


def hidden_of(names: Iterable[str], actor: Actor) -> frozenset[str]:
    """Which of these fields say what is hidden from this person's role."""
    every = every_template_field()
    return frozenset(
        name for name in names if name in every and is_hidden(actor, *every[name].listed)
    )


def _asked(
    fields: Iterable[TemplateField], ids: Sequence[int], at: datetime
) -> Iterator[tuple[str, Mapping[int, Value]]]:
    """The values by field; columns of one table are asked for in one query."""
    columns: dict[Read, dict[str, Column]] = {}
    for field in fields:
        if isinstance(field.values, Column):
            columns.setdefault(field.values.read, {})[field.name] = field.values
        else:
            yield field.name, field.values(ids, at)
    for read, asked in columns.items():
        rows = list(read(ids, [column.path for column in asked.values()]))
        for place, name in enumerate(asked, start=1):
            yield name, {row[0]: row[place] for row in rows if row[place]}


def plain(value: Value) -> Plain:
    """A value as it can be kept with a message: text without unseen signs, a number, a day."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return _UNSEEN.sub("", str(value)).strip()[:LONGEST_VALUE]


def examples() -> dict[str, Plain]:
    """Every field's example: whom a text is shown for while there is no customer yet."""
    return {name: str(field.example) for name, field in every_template_field().items()}
