"""Starting where few are: a page need not walk past everybody to find those whom one part names.

No database keeps count of how rare a condition is for this list, and SQLite of none; so each part
of a filter that an index answers is asked whether it finds more than a few. Who fits the rarest is
then looked through by key, whatever the order. Where every part finds many, a walk soon meets them.

A walk down a list of N meets the 26 of a page among k who fit after 26 N / k steps, and a step by
key costs about five of those: so k are looked through by key while k² is at most 5 N. Where other
parts must hold too, fewer of the k fit, and the walk is longer: four times as many are few then.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from math import isqrt
from typing import Any

from django.db.models import F, Model, OuterRef, QuerySet

from regulars.core.list_fields import Column, FieldKind, ListField, Many
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.lists.asking import Asking
from regulars.lists.choices import Op
from regulars.lists.comparing import fits
from regulars.lists.compiling import rows_at, rows_of_answer
from regulars.lists.models import Answer, SegmentMember
from regulars.lists.trees import (
    EVERYBODY,
    All,
    AnyOf,
    Clause,
    Happened,
    InSegment,
    Node,
    Sought,
    key_of,
    parts_of,
)
from regulars.lists.values import values_of
from regulars.lists.walking import Among, OneByOne

STEPS_FOR_A_KEY = 5
# Of those whom nobody looks after; more are soon met on the way down.
FEW_ALONE = 2000
FEW_ANYWAY, MOST_BY_KEY = 500, 10_000
# Asking costs a little each time; a filter of fifty parts is not asked for them all.
MOST_ASKED = 6
_BY_INDEX = frozenset(
    {Op.IS, Op.ANY_OF, Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN, Op.SINCE, Op.UNTIL, Op.YES}
)
# Texts are compared folded, which no index of the column answers.
_FOLDED = (FieldKind.TEXT, FieldKind.LINK)


@dataclass(frozen=True, slots=True)
class Start:
    """Those among whom a page looks, whether they are few, and what is still asked of them.

    Few are looked through by key, whatever the order.
    """

    rows: CustomerQuerySet
    is_few: bool
    left: Node


def driven(rows: CustomerQuerySet, node: Node, asking: Asking, whole: Answer | None) -> Start:
    """Of these customers those who may fit, by the rarest part that is known to find few."""
    if whole is not None and whole.is_listed:
        return Start(*_of_whole(rows, whole), node)
    parts, few = list(_parts(node)), few_of_the_list()
    most = few if len(parts) == 1 else few * 4
    found = ((part, _few(part, asking, min(most, MOST_BY_KEY))) for part in parts[:MOST_ASKED])
    few_of = [(part, ids) for part, ids in found if ids is not None]
    if not few_of:
        return Start(rows, False, node)
    part, rarest = min(few_of, key=lambda one: len(one[1]))
    left = _without(node, part) if _says_all(part) else node
    return Start(rows.filter(Among(F("pk"), rarest)), True, left)


def _says_all(part: Node) -> bool:
    """Whether whoever was found by a part need not be asked for it again."""
    if isinstance(part, AnyOf):
        return all(_says_all(one) for one in part.nodes)
    # Of "twice and no more" the first question alone was asked.
    return not isinstance(part, Happened) or len(list(parts_of(part))) == 1


def _without(node: Node, part: Node) -> Node:
    """A tree without one of the parts that must all hold."""
    if node is part:
        return EVERYBODY
    if isinstance(node, All):
        return All(tuple(_without(one, part) for one in node.nodes))
    return node


def soon_matching(asking: Asking) -> Callable[[str], Any]:
    """Who fits a text: few are found beforehand, in whatever corner of the order they stand.

    People of one name stand together, so that a walk may be long though many fit.
    """
    left = MOST_BY_KEY

    @cache
    def matching(text: str) -> Any:
        nonlocal left
        rows = asking.matching(text)
        ids = list(rows.order_by().values_list("pk", flat=True)[: left + 1])
        if len(ids) > left:
            return rows
        # A statement holds so many values and no more.
        left -= len(ids)
        return ids

    return matching


def few_of_the_list() -> int:
    """How many are sooner looked through by key than met on the way down the list."""
    newest = Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return max(FEW_ANYWAY, isqrt(STEPS_FOR_A_KEY * newest))


def _of_whole(rows: CustomerQuerySet, whole: Answer) -> tuple[CustomerQuerySet, bool]:
    members = rows_of_answer(whole)
    if whole.count <= few_of_the_list():
        return rows.filter(pk__in=members.values("customer")), True
    return rows.filter(OneByOne(members.filter(customer=OuterRef("pk")))), False


def _parts(node: Node) -> Iterator[Node]:
    """What must all hold; first what costs nothing to ask."""
    if not isinstance(node, All):
        yield node
        return
    parts = [leaf for one in node.nodes for leaf in _parts(one)]
    yield from sorted(parts, key=lambda one: not isinstance(one, Happened | InSegment | Sought))


def _few(node: Node, asking: Asking, most: int) -> list[int] | None:
    """The ids of those who may fit, where they are few and quickly found."""
    if isinstance(node, AnyOf):
        return _few_of_any(node, asking, most)
    if isinstance(node, Sought):
        found = asking.matching(node.text) if node.text.strip() else None
        return found if isinstance(found, list) else None
    if isinstance(node, Clause) and node.op == Op.EMPTY:
        return _few_without(asking.fields[node.field])
    rows = _candidates(node, asking, most)
    # Whether there are more is seen without reading them.
    if rows is None or list(rows[most : most + 1]):
        return None
    return list(rows[:most])


def _few_without(field: ListField) -> list[int] | None:
    """Who has nothing there, where the index by name holds that: one look along it, at no row."""
    by_name = ("sort_name", "pk")
    if not isinstance(field.source, Column) or field.source.over or not _is_beside_name(field):
        return None
    without = Customer.objects.on_the_list().filter(**{field.source.path: None})
    ids = list(without.order_by(*by_name).values_list("pk", flat=True)[: FEW_ALONE + 1])
    return ids if len(ids) <= FEW_ALONE else None


def _is_beside_name(field: ListField) -> bool:
    assert isinstance(field.source, Column)
    [by_name] = [one for one in Customer._meta.indexes if one.fields[:1] == ["sort_name"]]
    return field.source.path.removesuffix("_id") in by_name.fields[2:]


def _few_of_any(node: AnyOf, asking: Asking, most: int) -> list[int] | None:
    found: set[int] = set()
    for one in node.nodes[:MOST_ASKED]:
        few = _few(one, asking, most)
        if few is None:
            return None
        found |= set(few)
    is_whole = 0 < len(node.nodes) <= MOST_ASKED
    return sorted(found) if is_whole and len(found) <= most else None


def _candidates(node: Node, asking: Asking, most: int) -> "QuerySet[Any, int] | None":
    if isinstance(node, InSegment):
        stays = SegmentMember.objects.filter(segment=node.segment, left_at=None)
        return stays.values_list("customer_id", flat=True)
    if isinstance(node, Happened):
        return _of_answer(node, asking, most)
    if isinstance(node, Clause) and node.op in _BY_INDEX:
        return _of_field(node, asking.fields[node.field], asking)
    return None


def _of_answer(node: Happened, asking: Asking, most: int) -> "QuerySet[Any, int] | None":
    for part, is_wanted in parts_of(node):
        kept = asking.kept.get(key_of(part))
        if is_wanted and kept is not None and kept.count <= most:
            return rows_of_answer(kept).values_list("customer_id", flat=True)
    return None


def _of_field(node: Clause, field: ListField, asking: Asking) -> "QuerySet[Any, int] | None":
    if field.kind in _FOLDED:
        return None
    values = values_of(node, field, asking.today, asking.actor.member_id)
    if isinstance(field.source, Many):
        return _of_many(field, field.source, node.op, values, asking)
    return _of_column(field, field.source, node.op, values, asking)


def _of_many(
    field: ListField, source: Many, op: Op, values: tuple[Any, ...], asking: Asking
) -> "QuerySet[Any, int] | None":
    rows = rows_at(source.model).filter(**source.where)
    if not _is_led_by(rows.model, (*source.where, source.value)):
        return None
    kind = FieldKind.CHOICE if field.kind == FieldKind.CHOICES else field.kind
    wanted = fits(rows.model, kind, source.value, op, values, asking, source)
    return rows.filter(wanted).order_by().values_list(f"{source.customer}_id", flat=True).distinct()


def _of_column(
    field: ListField, source: Column, op: Op, values: tuple[Any, ...], asking: Asking
) -> "QuerySet[Any, int] | None":
    """A column that nothing stands over, and whose absence says no."""
    way, _gap, rest = source.path.partition("__")
    model: type[Model] = Customer
    path, key = source.path, "pk"
    if rest:
        link = Customer._meta.get_field(way)
        if not link.auto_created or "__" in rest:
            return None
        model, path = link.related_model, rest  # type: ignore[assignment]
        key = link.remote_field.attname  # type: ignore[union-attr]
    if source.over or source.absent is not None or not _is_led_by(model, (path,)):
        return None
    # Customers are indexed as far as they are on the list.
    among = Customer.objects.on_the_list() if model is Customer else model._default_manager
    fitting = among.filter(fits(model, field.kind, path, op, values, asking, source))
    return fitting.order_by().values_list(key, flat=True)


def _is_led_by(model: type[Model], columns: tuple[str, ...]) -> bool:
    """Whether an index of the table begins with these columns."""
    wanted = {name.removesuffix("_id") for name in columns}
    return any(
        {name.lstrip("-").removesuffix("_id") for name in index.fields[: len(wanted)]} == wanted
        for index in model._meta.indexes
    )
