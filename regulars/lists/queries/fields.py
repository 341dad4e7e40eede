"""Which fields there are for whom: everything that shows, filters, sorts or exports asks here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from regulars.core.actor import Actor
from regulars.core.list_fields import ListEvent, ListField, every_list_field, list_events
from regulars.customers.models import Customer
from regulars.lists.asking import Asking
from regulars.lists.errors import FilterNotPossible
from regulars.lists.models import HiddenField, Segment
from regulars.lists.queries.search import matching_for
from regulars.lists.rules import hidden_from, may_hide_fields
from regulars.lists.trees import Clause, Happened, InSegment, Node, clauses_of, read
from regulars.team.choices import Role
from regulars.team.queries import the_business


def list_fields_now(actor: Actor) -> dict[str, ListField]:
    """The fields that this person may see, by name, without those that were taken away."""
    hidden = hidden_from(actor)
    return {
        name: one
        for name, one in every_list_field().items()
        if not one.is_archived and actor.role in one.roles and name not in hidden
    }


def list_events_now(actor: Actor) -> dict[str, ListEvent]:
    """What happens to customers again and again, as far as this person may see it."""
    hidden = hidden_from(actor)
    return {
        one.name: one for one in list_events if actor.role in one.roles and one.name not in hidden
    }


def may_see_field(actor: Actor, name: str) -> bool:
    """Whether a field or an event of this name is there for this person."""
    return name in list_fields_now(actor) or name in list_events_now(actor)


def hidden_by_role() -> dict[str, frozenset[str]]:
    """What owners hid, by role."""
    found: dict[str, set[str]] = {role: set() for role in Role.values}
    for role, name in HiddenField.objects.values_list("role", "field"):
        found[role].add(name)
    return {role: frozenset(names) for role, names in found.items()}


def fields_hidden_from(actor: Actor) -> frozenset[str]:
    """What owners hid from this person's role: pages of one customer leave it out too."""
    return hidden_from(actor)


def is_hider(actor: Actor) -> bool:
    return may_hide_fields(actor)


def asking_of(actor: Actor, at: datetime) -> Asking:
    """Who asks, what they may ask about, and which day it is where the business is."""
    business = the_business()
    zone = ZoneInfo(business.time_zone) if business else ZoneInfo("UTC")
    fields, events = list_fields_now(actor), list_events_now(actor)
    return Asking(
        actor, at.astimezone(zone).date(), zone, fields, events, _segments(fields, events),
        lambda text: ids_fitting(actor, text),
    )  # fmt: skip


def ids_fitting(actor: Actor, text: str) -> Any:
    """The ids of customers who fit the words of a text, as far as this person may see."""
    return matching_for(actor, Customer.objects.all(), text).values("pk")


def _segments(fields: Mapping[str, ListField], events: Mapping[str, ListEvent]) -> frozenset[int]:
    """Segments that ask for nothing but what may be seen: who is in them would tell the rest."""
    trees = dict(Segment.objects.standing().values_list("pk", "tree"))
    known = {pk: node for pk, tree in trees.items() if (node := _readable(tree)) is not None}
    every = every_list_field() if known else {}
    return frozenset(
        pk for pk in known if not _unseen(pk, known, fields, events, every, frozenset())
    )


def _readable(tree: object) -> Node | None:
    try:
        return read(tree)
    except FilterNotPossible:
        return None


def _unseen(
    segment: int, known: Mapping[int, Node], fields: Mapping[str, ListField],
    events: Mapping[str, ListEvent], every: Mapping[str, ListField], on_the_way: frozenset[int],
) -> bool:  # fmt: skip
    """Whether a segment, or one that it asks for, asks for something that may not be seen."""
    if segment in on_the_way:
        return False
    for leaf in clauses_of(known[segment]):
        if isinstance(leaf, Clause) and _is_hidden(leaf.field, fields, every):
            return True
        if isinstance(leaf, Happened) and leaf.event in list_events and leaf.event not in events:
            return True
        if isinstance(leaf, InSegment) and leaf.segment in known:
            further = on_the_way | {segment}
            if _unseen(leaf.segment, known, fields, events, every, further):
                return True
    return False


def _is_hidden(name: str, fields: Mapping[str, ListField], every: Mapping[str, ListField]) -> bool:
    return name in every and not every[name].is_archived and name not in fields


def uses_hidden(node: Node, asking: Asking) -> bool:
    """Whether a tree asks for something that is there, and hidden from whoever asks."""
    every = every_list_field()
    for leaf in clauses_of(node):
        if isinstance(leaf, Clause) and _is_hidden(leaf.field, asking.fields, every):
            return True
        if isinstance(leaf, Happened) and leaf.event in list_events:
            if leaf.event not in asking.events:
                return True
        elif isinstance(leaf, InSegment) and _is_kept_from(leaf.segment, asking):
            return True
    return False


def _is_kept_from(segment: int, asking: Asking) -> bool:
    there = segment not in asking.segments
    return there and Segment.objects.standing().filter(pk=segment).exists()
