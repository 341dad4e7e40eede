"""What a list of customers can show, be sorted by and be narrowed down by: rooms register it.

A field says where its value stands, never how to ask for it: the room `lists` makes one query of
a whole filter. What happened to a customer many times (orders, touches) is an event of the list.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from regulars.core.actor import HELPER, MANAGER, OWNER, VIEWER, Actor
from regulars.core.registry import Registry

if TYPE_CHECKING:
    # Lives in the stubs only.
    from django.utils.functional import _StrPromise

EVERY_ROLE = frozenset({OWNER, MANAGER, HELPER, VIEWER})


class FieldKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    CHOICE = "choice"
    CHOICES = "choices"
    FLAG = "flag"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Column:
    """One value a customer, at the end of a path from the customer: "city", "facts__due_on".

    `over` is a path whose value wins where there is one; `absent` is what no value means; `sort`
    is the path that the list is ordered by, where it is another one.
    `is_moment`: the path holds a moment, which counts as its day where the business is.
    `is_days_past`: the path holds a day; what is shown, asked and sorted by is how many days ago it
    was, and nothing where it is still to come. `is_indexed`: who has a value is found without
    reading everybody.
    """

    path: str
    over: str = ""
    sort: str = ""
    absent: Any = None
    cast: Callable[[Any], Any] = str
    is_moment: bool = False
    is_days_past: bool = False
    is_indexed: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """Rows of a table, none or several a customer: one that fits is enough.

    `value` is compared and `shown` is shown, where they differ.
    """

    model: str
    value: str
    customer: str = "customer"
    where: Mapping[str, Any] = field(default_factory=dict)
    shown: str = ""
    order: Sequence[str] = ("pk",)
    cast: Callable[[Any], Any] = str
    is_moment: bool = False
    is_indexed: bool = False


@dataclass(frozen=True, slots=True)
class ListField:
    """One thing that is known of each customer.

    `name` is "room.thing" and never changes: saved views hold it. `editable` names the change by
    which a list may write it. `roles` see it unless an owner hides it from them; one that
    `is_plain` cannot be hidden. `knows_me`: "me" may be asked for, and means whoever asks.
    """

    name: str
    label: "str | _StrPromise"
    group: "str | _StrPromise"
    kind: FieldKind
    source: Column | Many
    sortable: bool = False
    editable: str = ""
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None
    roles: frozenset[str] = EVERY_ROLE
    is_plain: bool = False
    knows_me: bool = False
    # Set where it was taken away: views that still ask for it say so.
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class EventPart:
    """What can be asked of one event of a customer: its total, its goods, its channel."""

    name: str
    label: "str | _StrPromise"
    kind: FieldKind
    source: Column | Many
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None


@dataclass(frozen=True, slots=True)
class ListEvent:
    """Something that happens to customers again and again, each time on a day.

    `one` and `many` are its nouns. `comes_in_sets`: it changes when files come in, and not one by
    one, so that who has it can be worked out once and kept. One that lasts names when it `ends`
    (the first day on which it is over): it counts in each stretch of time of which it has a day.
    """

    name: str
    label: "str | _StrPromise"
    one: "str | _StrPromise"
    many: "str | _StrPromise"
    model: str
    when: str
    parts: tuple[EventPart, ...] = ()
    customer: str = "customer"
    where: Mapping[str, Any] = field(default_factory=dict)
    is_moment: bool = False
    ends: str = ""
    comes_in_sets: bool = False
    roles: frozenset[str] = EVERY_ROLE

    def part(self, name: str) -> EventPart | None:
        return next((part for part in self.parts if part.name == name), None)


list_fields: Registry[ListField] = Registry("list fields")
list_events: Registry[ListEvent] = Registry("list events")
# Rooms whose fields the business makes itself: each source answers with those of now.
field_sources: Registry[Callable[[], Iterable[ListField]]] = Registry("sources of list fields")

# What owners hid from somebody's role: `lists` keeps it, and rooms below it ask here.
hiding: Registry[Callable[[Actor], frozenset[str]]] = Registry("what is hidden from a role")


def hidden_from(actor: Actor) -> frozenset[str]:
    """All that is hidden from this person's role, for who asks about many fields."""
    return frozenset().union(*(source(actor) for source in hiding))


def hides_anything(actor: Actor) -> bool:
    """Whether anything at all is hidden from this person's role."""
    return any(source(actor) for source in hiding)


def is_hidden(actor: Actor, *names: str) -> bool:
    """Whether one of these fields or events is hidden from this person's role."""
    return any(not source(actor).isdisjoint(names) for source in hiding)


def register_list_field(one: ListField) -> ListField:
    return list_fields.register(one.name, one)


def register_list_event(one: ListEvent) -> ListEvent:
    return list_events.register(one.name, one)


def every_list_field() -> dict[str, ListField]:
    """All fields by name, archived ones included, whoever may see them."""
    found = {one.name: one for one in list_fields}
    for source in field_sources:
        found |= {one.name: one for one in source()}
    return found
