"""Walking down the list: each customer is asked in turn, first what is quickly answered.

A page wants the first few who fit. PostgreSQL would rather answer each part for the whole list
beforehand, since it cannot tell how soon a page is full; SQLite asks in the order that is written.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists
from django.db.models.lookups import In

from regulars.core.list_fields import FieldKind, ListField, Many
from regulars.lists.trees import (
    All,
    AnyOf,
    Clause,
    Happened,
    InSegment,
    Node,
    Not,
    Sought,
    key_of,
    parts_of,
)

# Steps into a table by key; a text is folded as well, and events are several rows.
OWN, KEPT, BESIDE, SEVERAL, TEXT, EVENTS = range(6)


class OneByOne(Exists):
    """`EXISTS` that is asked of the customer at hand, on PostgreSQL too."""

    def as_postgresql(
        self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any]]:
        template = "coalesce((%(subquery)s) = 1, false)"
        sql, values = self.as_sql(compiler, connection, template=template, **context)
        return sql, list(values)


class Among(In):
    """`IN` for thousands of keys: PostgreSQL reads them as one value."""

    prepare_rhs = False

    def as_postgresql(
        self, compiler: Any, connection: BaseDatabaseWrapper
    ) -> tuple[str, list[Any]]:
        if not self.rhs:
            raise EmptyResultSet
        sql, values = self.process_lhs(compiler, connection)
        return f"{sql} = ANY(%s)", [*values, list(self.rhs)]


def cheapest_first(
    nodes: Iterable[Node], fields: Mapping[str, ListField], kept: Collection[str]
) -> list[Node]:
    """What must all hold, in the order in which asking costs least."""
    return sorted(nodes, key=lambda node: _cost(node, fields, kept))


def _cost(node: Node, fields: Mapping[str, ListField], kept: Collection[str]) -> int:
    if isinstance(node, All | AnyOf):
        return max((_cost(one, fields, kept) for one in node.nodes), default=OWN)
    if isinstance(node, Not):
        return _cost(node.node, fields, kept)
    if isinstance(node, Clause):
        return _cost_of_field(fields.get(node.field))
    if isinstance(node, Happened):
        return _cost_of_event(node, kept)
    return KEPT if isinstance(node, InSegment | Sought) else EVENTS


def _cost_of_field(field: ListField | None) -> int:
    if field is None:
        return OWN
    if field.kind in (FieldKind.TEXT, FieldKind.LINK):
        return TEXT
    if isinstance(field.source, Many):
        return SEVERAL
    return BESIDE if "__" in field.source.path else OWN


def _cost_of_event(node: Happened, kept: Collection[str]) -> int:
    """“Not” of behaviour hardly ever turns anybody away, so that it comes late."""
    parts = list(parts_of(node))
    if not all(key_of(part) in kept for part, _is_wanted in parts):
        return EVENTS
    return KEPT if any(is_wanted for _part, is_wanted in parts) else TEXT
