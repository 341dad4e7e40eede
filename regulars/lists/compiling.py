"""From a typed tree to one query: every leaf answers yes or no, never “unknown”.

SQL's third answer would make “not” lose whoever has no value; so each comparison says itself what
a missing value means. Rows of other tables are asked for by `EXISTS`, never by a join that would
show a customer twice.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.db.models import F, Model, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from regulars.core.list_fields import Column, EventPart, FieldKind, ListEvent, ListField, Many
from regulars.customers.models import Customer
from regulars.lists.asking import Asking
from regulars.lists.choices import Op
from regulars.lists.comparing import NOBODY, TEXTS, fits, moment, plain
from regulars.lists.errors import FilterNotPossible
from regulars.lists.models import Answer, AnswerMember, SegmentMember
from regulars.lists.trees import (
    All,
    AnyOf,
    Clause,
    Happened,
    InSegment,
    Node,
    Not,
    Sought,
    Window,
    key_of,
    parts_of,
)
from regulars.lists.values import day_of, holds, values_of
from regulars.lists.walking import Among, cheapest_first


def condition(node: Node, asking: Asking) -> Q:
    """What a customer must fulfil."""
    if isinstance(node, All):
        found = Q()
        for one in cheapest_first(node.nodes, asking.fields, asking.kept):
            found &= condition(one, asking)
        return found
    if isinstance(node, AnyOf):
        return _any_of(node, asking)
    if isinstance(node, Not):
        return _opposite(condition(node.node, asking))
    if isinstance(node, Clause):
        return _of_field(node, asking)
    if isinstance(node, Happened):
        return _of_event(node, asking)
    return _of_set(node, asking)


def check_leaf(node: Node, asking: Asking) -> None:
    """Refuses a condition that asks for what there is not; cheaper than to write it down."""
    if isinstance(node, Clause):
        _field_asked(node, asking)
    elif isinstance(node, Happened):
        _checked_event(node, asking)
    elif isinstance(node, InSegment) and node.segment not in asking.segments:
        raise FilterNotPossible(_("The filter asks for a segment that is not there."))


def _any_of(node: AnyOf, asking: Asking) -> Q:
    together, apart = _of_same_rows(node.nodes, asking)
    found = [_some_row(*one, asking) for one in together]
    found += [condition(one, asking) for one in apart]
    # Asking for nothing is no condition, and "any" of nothing is none either.
    if not all(found):
        return Q()
    joined = NOBODY if found else Q()
    for one in found:
        joined |= one
    return joined


Comparison = tuple[Op, tuple[Any, ...]]


def _of_same_rows(
    nodes: Iterable[Node], asking: Asking
) -> tuple[list[tuple[ListField, list[Comparison]]], list[Node]]:
    """Towns, tags and the like of which any will do, to be looked up at once; and the rest."""
    together: dict[str, list[Comparison]] = {}
    apart: list[Node] = []
    for node in nodes:
        field = asking.fields.get(node.field) if isinstance(node, Clause) else None
        if (
            not isinstance(node, Clause) or field is None or field.is_archived
            or not isinstance(field.source, Many) or node.op in (*_POSITIVE, Op.ALL_OF)
        ):  # fmt: skip
            apart.append(node)
            continue
        values = values_of(node, field, asking.today, asking.actor.member_id)
        together.setdefault(node.field, []).append((node.op, values))
    return [(asking.fields[name], asked) for name, asked in together.items()], apart


def _some_row(field: ListField | EventPart, comparisons: Iterable[Comparison], asking: Asking) -> Q:
    """Whether one of the rows that a customer has of a field fits one of these."""
    source = field.source
    if not isinstance(source, Many):
        raise TypeError(f"{field.label} has no rows")
    rows = rows_at(source.model).filter(**{source.customer: OuterRef("pk")}, **source.where)
    kind = FieldKind.CHOICE if field.kind == FieldKind.CHOICES else field.kind
    fitting = Q()
    for op, values in comparisons:
        fitting |= fits(rows.model, kind, source.value, op, values, asking, source)
    return asking.some(rows.filter(fitting))


def _opposite(found: Q) -> Q:
    return ~found if found else NOBODY


def _of_set(node: Sought | InSegment, asking: Asking) -> Q:
    if isinstance(node, Sought):
        if not node.text.strip():
            return Q()
        found = asking.matching(node.text)
        return Q(Among(F("pk"), found)) if isinstance(found, list) else Q(pk__in=found)
    check_leaf(node, asking)
    stays = SegmentMember.objects.filter(
        segment=node.segment, customer=OuterRef("pk"), left_at=None
    )
    return asking.some(stays)


def _of_field(node: Clause, asking: Asking) -> Q:
    field, values = _field_asked(node, asking)
    if isinstance(field.source, Many):
        return _of_rows(field, node.op, values, asking)
    return _of_column(Customer, field, field.source, node.op, values, asking)


def _field_asked(node: Clause, asking: Asking) -> tuple[ListField, tuple[Any, ...]]:
    field = asking.fields.get(node.field)
    if field is None or field.is_archived:
        raise FilterNotPossible(
            _("The filter asks for something that is not known here: “%(name)s”.")
            % {"name": node.field[:60]},
            _("Take that condition out, or choose another field."),
        )
    return field, values_of(node, field, asking.today, asking.actor.member_id)


# What is asked in its place; that there is none that fits then answers the first.
_POSITIVE = {Op.IS_NOT: Op.IS, Op.NONE_OF: Op.ANY_OF, Op.EMPTY: Op.FILLED, Op.NO: Op.YES}


def _of_column(
    model: type[Model], field: ListField | EventPart, source: Column, op: Op,
    values: tuple[Any, ...], asking: Asking,
) -> Q:  # fmt: skip
    def at(path: str, op: Op, *wanted: Any) -> Q:
        return _at_the_end(model, field.kind, path, op, wanted, asking, source)

    says_filled = _says_filled(field.kind, op, values)
    here = at(source.path, op, *values)
    if source.absent is not None and holds(op, values, source.absent):
        filled = at(source.path, Op.FILLED)
        here = (filled & here) | ~filled
    elif source.absent is not None and not says_filled:
        here = at(source.path, Op.FILLED) & here
    if not source.over:
        return here
    over, wins = at(source.over, Op.FILLED), at(source.over, op, *values)
    return (wins if says_filled else over & wins) | (~over & here)


def _says_filled(kind: FieldKind, op: Op, values: tuple[Any, ...]) -> bool:
    """Whether nothing that is empty fits, so that it need not be asked whether it is filled in."""
    is_bare = op in _POSITIVE or op in (Op.FILLED, Op.YES)
    return kind not in TEXTS and not is_bare and "" not in values


def _at_the_end(
    model: type[Model], kind: FieldKind, path: str, op: Op, values: tuple[Any, ...],
    asking: Asking, source: Column | Many,
) -> Q:  # fmt: skip
    """A comparison where a path ends. What stands in another table is asked for by `EXISTS` too:
    SQLite would start from a join, and sort all it finds, where it should walk down the list.
    """
    way, _gap, rest = path.partition("__")
    if not rest:
        here = fits(model, kind, path, op, values, asking, source)
        # To fold a text costs more than a step by key, so it is left to those who fit otherwise.
        is_late = asking.is_walk and kind in TEXTS and model is Customer
        return asking.some(Customer.objects.filter(here, pk=OuterRef("pk"))) if is_late else here
    link = model._meta.get_field(way)
    other: type[Model] = link.related_model  # type: ignore[assignment]
    if link.auto_created:
        rows = other._default_manager.filter(**{link.remote_field.name: OuterRef("pk")})  # type: ignore[union-attr]
    else:
        rows = other._default_manager.filter(pk=OuterRef(f"{way}_id"))
    positive = _POSITIVE.get(op)
    fitting = fits(other, kind, rest, positive or op, values, asking, source)
    found = asking.some(rows.filter(fitting))
    return ~found if positive else found


def _of_rows(field: ListField | EventPart, op: Op, values: tuple[Any, ...], asking: Asking) -> Q:
    """Whether there is a row that fits; for “not”, whether there is none."""
    if op == Op.ALL_OF:
        joined = Q()
        for value in values:
            joined &= _some_row(field, [(Op.IS, (value,))], asking)
        return joined
    positive = _POSITIVE.get(op)
    found = _some_row(field, [(positive or op, values)], asking)
    return ~found if positive else found


def rows_at(label: str) -> "QuerySet[Any]":
    return apps.get_model(f"{label}")._default_manager.all()  # type: ignore[no-any-return]


def _of_event(node: Happened, asking: Asking) -> Q:
    event = _checked_event(node, asking)
    found = Q()
    for part, is_wanted in parts_of(node):
        kept = asking.kept.get(key_of(part))
        if kept is None:
            happened = _happened(part, event, asking)
        else:
            happened = asking.some(rows_of_answer(kept).filter(customer=OuterRef("pk")))
        found &= happened if is_wanted else ~happened
    return found


def _checked_event(node: Happened, asking: Asking) -> ListEvent:
    """Refuses what there is not, also where nothing in the end is asked of it."""
    event = asking.events.get(node.event)
    if event is None:
        raise FilterNotPossible(
            _("The filter asks for something that is not known here: “%(name)s”.")
            % {"name": node.event[:60]}
        )
    for clause in node.where:
        _part_asked(clause, event, asking)
    if node.window:
        days_of(node.window, asking.today)
    if node.total_of:
        _summed(node, event)
    return event


def rows_of_answer(answer: Answer) -> "QuerySet[AnswerMember]":
    return AnswerMember.objects.filter(answer=answer, edition=answer.edition)


def _happened(part: Happened, event: ListEvent, asking: Asking) -> Q:
    rows = events_of(part, event, asking).filter(**{event.customer: OuterRef("pk")})
    if part.at_least is not None:
        return asking.some(rows[part.at_least - 1 : part.at_least])
    # Who has no such event has a sum of nought, and no row here.
    sums = rows.values(event.customer).annotate(total=Sum(_summed(part, event)))
    return asking.some(sums.filter(total__gte=part.total_at_least))


def events_of(node: Happened, event: ListEvent, asking: Asking) -> "QuerySet[Any]":
    """The events that count, of whichever customer, in no order."""
    rows = rows_at(event.model).filter(**event.where).order_by()
    for clause in node.where:
        part, values = _part_asked(clause, event, asking)
        if isinstance(part.source, Many):
            rows = rows.filter(_of_rows(part, clause.op, values, asking))
        else:
            rows = rows.filter(_of_column(rows.model, part, part.source, clause.op, values, asking))
    return rows.filter(_within(event, node.window, asking)) if node.window else rows


def _part_asked(
    clause: Clause, event: ListEvent, asking: Asking
) -> tuple[EventPart, tuple[Any, ...]]:
    part = event.part(clause.field)
    if part is None:
        raise FilterNotPossible(
            _("“%(event)s” has nothing called “%(name)s”.")
            % {"event": event.label, "name": clause.field[:60]}
        )
    return part, values_of(clause, part, asking.today, None)


def _within(event: ListEvent, window: Window, asking: Asking) -> Q:
    since, until = days_of(window, asking.today)
    found = Q()
    for day, op in ((since, Op.SINCE), (until, Op.UNTIL)):
        if day is None:
            continue
        if event.ends and op == Op.SINCE:
            found &= Q(**{f"{event.ends}__gt": day}) | Q(**{f"{event.ends}__isnull": True})
        elif event.is_moment:
            found &= moment(event.when, op, (day,), asking)
        else:
            found &= plain(event.when, op, (day,))
    return found


def days_of(window: Window, today: date) -> tuple[date | None, date | None]:
    """The first and the last day that count. The last ninety days are today and 89 before."""
    if window.days is not None:
        return today - timedelta(days=window.days - 1), today
    try:
        since = None if window.since is None else day_of(window.since, today)
        until = None if window.until is None else day_of(window.until, today)
    except (ValueError, TypeError, KeyError, OverflowError):
        raise FilterNotPossible(_("The stretch of time of a condition cannot be read.")) from None
    return since, until


def _summed(node: Happened, event: ListEvent) -> str:
    """The path of what is summed."""
    part = event.part(node.total_of)
    if part is None or not isinstance(part.source, Column) or part.kind not in (
        FieldKind.MONEY, FieldKind.NUMBER,
    ):  # fmt: skip
        raise FilterNotPossible(
            _("“%(event)s” has no sum of “%(name)s”.")
            % {"event": event.label, "name": node.total_of[:60]}
        )
    return part.source.path
