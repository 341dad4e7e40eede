"""A filter, asked: the customers whom it finds, and what it says in words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.list_fields import every_list_field, list_events
from regulars.customers.models import CustomerQuerySet
from regulars.customers.queries.people import customers_for
from regulars.lists.asking import Asking
from regulars.lists.compiling import check_leaf, condition
from regulars.lists.errors import FilterNotPossible
from regulars.lists.models import Answer, Segment
from regulars.lists.queries.answers import answer_to, with_answers
from regulars.lists.queries.driving import driven, soon_matching
from regulars.lists.queries.fields import asking_of, uses_hidden
from regulars.lists.trees import (
    EVERYBODY,
    All,
    AnyOf,
    Clause,
    Happened,
    InSegment,
    Node,
    Not,
    plain,
    read,
)
from regulars.lists.values import ME
from regulars.lists.wording import Wording
from regulars.team.queries import the_business


def compile_filter(tree: Any, actor: Actor, at: datetime) -> CustomerQuerySet:
    """Those on the list whom a filter finds, as far as this person may see them, in no order.

    Refuses with a sentence where the filter asks for what there is not, or is not for them.
    """
    return customers_of(read(tree), asking_of(actor, at))


def customers_of(node: Node, asking: Asking) -> CustomerQuerySet:
    """The same for a tree that was read already; what is kept of behaviour is not asked again."""
    known = with_answers(node, asking)
    return customers_for(asking.actor).on_the_list().filter(condition(node, known))


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a filter finds, from where they are quickest found, and how many when that is known."""

    rows: CustomerQuerySet
    whole: Answer | None = None
    # What was kept of behaviour and is not asked again.
    kept: tuple[Answer, ...] = ()
    # They are looked through by key, whatever the order; else the list is walked down.
    is_few: bool = False


def found_by(node: Node, asking: Asking, at: datetime) -> Found:
    """The same customers as `customers_of`, for a page and its count."""
    known = replace(with_answers(node, asking), is_walk=True, matching=soon_matching(asking))
    whole = answer_to(named(node, asking), at)
    start = driven(customers_for(asking.actor).on_the_list(), node, known, whole)
    rows = start.rows.filter(condition(start.left, known))
    return Found(rows, whole, tuple(known.kept.values()), start.is_few)


def for_anybody(tree: Any, actor: Actor, at: datetime) -> dict[str, Any]:
    """The tree as others may ask it later, with “me” as whoever asks now.

    Refuses what cannot be asked, or not by them.
    """
    node, asking = read(tree), asking_of(actor, at)
    customers_of(node, asking)
    return plain(named(node, asking))


def still_asked(tree: Any, actor: Actor, at: datetime) -> dict[str, Any]:
    """The tree without the conditions on fields that are gone."""
    return plain(opened(tree, asking_of(actor, at)).node)


def named(node: Node, asking: Asking) -> Node:
    """The tree with “me” as whoever asks."""
    if isinstance(node, All | AnyOf):
        return type(node)(tuple(named(one, asking) for one in node.nodes))
    if isinstance(node, Not):
        return Not(named(node.node, asking))
    if not isinstance(node, Clause) or not asking.fields[node.field].knows_me:
        return node
    several = isinstance(node.value, tuple)
    given = node.value if several else (node.value,)
    me = str(asking.actor.member_id)
    known = tuple(me if one == ME and asking.actor.member_id else one for one in given)
    return Clause(node.field, node.op, known if several else known[0])


def words_of(tree: Any, actor: Actor) -> str:
    """The filter in a sentence: “Tier is Core and no orders in the last 30 days”."""
    return wording_for(actor).of(read(tree))


def wording_for(actor: Actor) -> Wording:
    """Says filters to this person. Fields that were taken away keep their names in old filters."""
    from regulars.lists.queries.fields import list_events_now, list_fields_now

    business = the_business()
    gone = {name: one for name, one in every_list_field().items() if one.is_archived}
    fields = {**gone, **list_fields_now(actor)}
    return Wording(fields, list_events_now(actor), business.currency if business else "EUR")


@dataclass(frozen=True, slots=True)
class Opened:
    """A kept filter as it can be asked today, and a sentence for each condition left out."""

    node: Node
    left_out: tuple[str, ...] = ()


def opened(tree: Mapping[str, Any], asking: Asking) -> Opened:
    """A kept filter without the conditions on fields that are gone.

    Refuses where it asks for something hidden from whoever opens it: who is found would tell.
    """
    node = read(tree)
    if uses_hidden(node, asking):
        raise FilterNotPossible(
            _("This asks about something that is hidden from your role."),
            _("Whoever owns the business can show it to you."),
        )
    left_out: list[str] = []
    kept = _without_gone(node, asking, left_out)
    return Opened(kept if kept is not None else EVERYBODY, tuple(left_out))


def _without_gone(node: Node, asking: Asking, left_out: list[str]) -> Node | None:
    if isinstance(node, All | AnyOf):
        kept = [_without_gone(one, asking, left_out) for one in node.nodes]
        standing = tuple(one for one in kept if one is not None)
        return type(node)(standing) if standing or not node.nodes else None
    if isinstance(node, Not):
        inner = _without_gone(node.node, asking, left_out)
        return Not(inner) if inner is not None else None
    trouble = _trouble(node, asking)
    if not trouble:
        return node
    left_out.append(trouble)
    return None


def _trouble(node: Node, asking: Asking) -> str:
    if isinstance(node, Clause) and node.field not in asking.fields:
        field = every_list_field().get(node.field)
        name = field.label if field else node.field[:60]
        return _("“%(field)s” is no longer there: its condition is left out.") % {"field": name}
    if isinstance(node, Happened) and node.event not in list_events:
        return _("“%(field)s” is no longer there: its condition is left out.") % {
            "field": node.event[:60]
        }
    if isinstance(node, InSegment) and node.segment not in asking.segments:
        segment = Segment.objects.filter(pk=node.segment).first()
        name = segment.name if segment else _("a segment")
        return _("The segment “%(name)s” is no longer there: its condition is left out.") % {
            "name": name
        }
    try:
        check_leaf(node, asking)
    except FilterNotPossible as no:
        return _("%(why)s That condition is left out.") % {"why": no.sentence}
    return ""
