"""From a typed tree to one query: every leaf answers yes or no, never “unknown”.

SQL's third answer would make “not” lose whoever has no value; so each comparison says itself what
a missing value means. Rows of other tables are asked for by `EXISTS`, never by a join that would
show a customer twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import (
    Exists,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import Contains, Exact, StartsWith
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.folding import Folded
from regulars.core.list_fields import Column, EventPart, FieldKind, ListEvent, ListField, Many
from regulars.customers.models import Customer
from regulars.lists.choices import Op
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

NOBODY = Q(pk__in=())
_TEXTS = (FieldKind.TEXT, FieldKind.LINK)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, on which day, and what they may ask about."""

    actor: Actor
    today: date
    zone: ZoneInfo
    fields: Mapping[str, ListField]
    events: Mapping[str, ListEvent]
    # Segments that this actor may not ask about are as good as not there.
    segments: frozenset[int]
    # The ids of those who fit words by what this actor may see.
    matching: Callable[[str], Any]
    # Answers that hold today, by `key_of` of their question.
    kept: Mapping[str, Answer] = field(default_factory=dict)

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone)


def condition(node: Node, asking: Asking) -> Q:
    """What a customer must fulfil."""
    if isinstance(node, All):
        found = Q()
        for one in node.nodes:
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


def _any_of(node: AnyOf, asking: Asking) -> Q:
    found = [condition(one, asking) for one in node.nodes]
    # Asking for nothing is no condition, and "any" of nothing is none either.
    if not all(found):
        return Q()
    joined = NOBODY if found else Q()
    for one in found:
        joined |= one
    return joined


def _opposite(found: Q) -> Q:
    return ~found if found else NOBODY


def _of_set(node: Sought | InSegment, asking: Asking) -> Q:
    if isinstance(node, Sought):
        if not node.text.strip():
            return Q()
        return Q(pk__in=asking.matching(node.text))
    if node.segment not in asking.segments:
        raise FilterNotPossible(_("The filter asks for a segment that is not there."))
    stays = SegmentMember.objects.filter(
        segment=node.segment, customer=OuterRef("pk"), left_at=None
    )
    return Q(Exists(stays))


def _of_field(node: Clause, asking: Asking) -> Q:
    field = asking.fields.get(node.field)
    if field is None or field.is_archived:
        raise FilterNotPossible(
            _("The filter asks for something that is not known here: “%(name)s”.")
            % {"name": node.field[:60]},
            _("Take that condition out, or choose another field."),
        )
    values = values_of(node, field, asking.today, asking.actor.member_id)
    if isinstance(field.source, Many):
        return _of_rows(field, field.source, node.op, values, asking)
    return _of_column(Customer, field, field.source, node.op, values, asking)


# What is asked in its place; that there is none that fits then answers the first.
_POSITIVE = {Op.IS_NOT: Op.IS, Op.NONE_OF: Op.ANY_OF, Op.EMPTY: Op.FILLED, Op.NO: Op.YES}


def _of_column(
    model: type[Model], field: ListField | EventPart, source: Column, op: Op,
    values: tuple[Any, ...], asking: Asking,
) -> Q:  # fmt: skip
    def at(path: str, op: Op, *wanted: Any) -> Q:
        return _at_the_end(model, field.kind, path, op, wanted, asking, source.is_moment)

    here = at(source.path, op, *values)
    if source.absent is not None:
        filled = at(source.path, Op.FILLED)
        fits = holds(op, values, source.absent)
        here = (filled & here) | ~filled if fits else filled & here
    if not source.over:
        return here
    over = at(source.over, Op.FILLED)
    return (over & at(source.over, op, *values)) | (~over & here)


def _at_the_end(
    model: type[Model], kind: FieldKind, path: str, op: Op, values: tuple[Any, ...],
    asking: Asking, is_moment: bool,
) -> Q:  # fmt: skip
    """A comparison where a path ends. What stands in another table is asked for by `EXISTS` too:
    SQLite would start from a join, and sort all it finds, where it should walk down the list.
    """
    way, _gap, rest = path.partition("__")
    if not rest:
        return fits(model, kind, path, op, values, asking, is_moment)
    link = model._meta.get_field(way)
    other: type[Model] = link.related_model  # type: ignore[assignment]
    if link.auto_created:
        rows = other._default_manager.filter(**{link.remote_field.name: OuterRef("pk")})  # type: ignore[union-attr]
    else:
        rows = other._default_manager.filter(pk=OuterRef(f"{way}_id"))
    positive = _POSITIVE.get(op)
    fitting = fits(other, kind, rest, positive or op, values, asking, is_moment)
    found = Q(Exists(rows.filter(fitting)))
    return ~found if positive else found


def _of_rows(
    field: ListField | EventPart, source: Many, op: Op, values: tuple[Any, ...], asking: Asking
) -> Q:
    """Whether there is a row that fits; for “not”, whether there is none."""

    def some(op: Op, *wanted: Any) -> Q:
        rows = rows_at(source.model).filter(**{source.customer: OuterRef("pk")}, **source.where)
        kind = FieldKind.CHOICE if field.kind == FieldKind.CHOICES else field.kind
        fitting = fits(rows.model, kind, source.value, op, wanted, asking, source.is_moment)
        return Q(Exists(rows.filter(fitting)))

    if op == Op.ALL_OF:
        joined = Q()
        for value in values:
            joined &= some(Op.IS, value)
        return joined
    positive = _POSITIVE.get(op)
    return ~some(positive, *values) if positive else some(op, *values)


def rows_at(label: str) -> "QuerySet[Any]":
    return apps.get_model(f"{label}")._default_manager.all()  # type: ignore[no-any-return]


def fits(
    model: type[Model], kind: FieldKind, path: str, op: Op, values: tuple[Any, ...],
    asking: Asking, is_moment: bool,
) -> Q:  # fmt: skip
    if op in (Op.EMPTY, Op.FILLED):
        return _filled(kind, path, op)
    if kind in _TEXTS:
        return _text(path, op, str(values[0]))
    if kind == FieldKind.DAY and is_moment:
        return _moment(path, op, values, asking)
    if kind == FieldKind.NUMBER and _is_whole(model, path):
        return _whole(path, op, values)
    return _plain(path, op, values)


def _filled(kind: FieldKind, path: str, op: Op) -> Q:
    is_null = Q(**{f"{path}__isnull": True})
    blank = Q(**{path: ""}) if kind in (*_TEXTS, FieldKind.CHOICE) and "_id" not in path else Q()
    empty = is_null | blank if blank else is_null
    return empty if op == Op.EMPTY else ~empty


def _text(path: str, op: Op, value: str) -> Q:
    text = Coalesce(Folded(F(path)), Value("", output_field=TextField()))
    lookups: dict[Op, Callable[..., Any]] = {
        Op.CONTAINS: Contains, Op.BEGINS: StartsWith, Op.IS: Exact, Op.IS_NOT: Exact,
    }  # fmt: skip
    found = Q(lookups[op](text, value))
    return ~found if op == Op.IS_NOT else found


def _moment(path: str, op: Op, values: tuple[Any, ...], asking: Asking) -> Q:
    low = None if op == Op.UNTIL else values[0]
    high = None if op == Op.SINCE else values[-1]
    found = Q(**{f"{path}__isnull": False})
    if low is not None:
        found &= Q(**{f"{path}__gte": asking.start_of(low)})
    if high is not None:
        found &= Q(**{f"{path}__lt": asking.start_of(high + timedelta(days=1))})
    return found


def _is_whole(model: type[Model], path: str) -> bool:
    *ways, last = path.split("__")
    for way in ways:
        model = model._meta.get_field(way).related_model  # type: ignore[assignment]
    return isinstance(model._meta.get_field(last), IntegerField)


def _whole(path: str, op: Op, values: tuple[Any, ...]) -> Q:
    """Whole numbers against any: what lies between two of them is rounded the right way."""
    if op == Op.IS and isinstance(values[0], Decimal):
        return NOBODY
    if op in (Op.AT_LEAST, Op.BETWEEN):
        values = (_rounded_up(values[0]), *values[1:])
    return _plain(path, op, tuple(_rounded_down(value) for value in values))


def _rounded_down(value: int | Decimal) -> int:
    return int(Decimal(value).to_integral_value(ROUND_FLOOR))


def _rounded_up(value: int | Decimal) -> int:
    return -_rounded_down(-value)


def _plain(path: str, op: Op, values: tuple[Any, ...]) -> Q:
    if op in (Op.IS, Op.IS_NOT):
        found = Q(**{path: values[0]})
    elif op in (Op.AT_LEAST, Op.SINCE):
        found = Q(**{f"{path}__gte": values[0]})
    elif op in (Op.AT_MOST, Op.UNTIL):
        found = Q(**{f"{path}__lte": values[0]})
    elif op == Op.BETWEEN:
        found = Q(**{f"{path}__gte": values[0], f"{path}__lte": values[1]})
    elif op in (Op.YES, Op.NO):
        found = Q(**{path: True})
    else:
        found = Q(**{f"{path}__in": values})
    return ~found if op in (Op.IS_NOT, Op.NONE_OF, Op.NO) else found


def _of_event(node: Happened, asking: Asking) -> Q:
    event = asking.events.get(node.event)
    if event is None:
        raise FilterNotPossible(
            _("The filter asks for something that is not known here: “%(name)s”.")
            % {"name": node.event[:60]}
        )
    # Refuses what there is not, also where nothing in the end is asked of it.
    events_of(node, event, asking)
    if node.total_of:
        _summed(node, event)
    found = Q()
    for part, is_wanted in parts_of(node):
        happened = _happened(part, event, asking)
        kept = asking.kept.get(key_of(part))
        if kept is not None:
            happened = Q(Exists(rows_of_answer(kept).filter(customer=OuterRef("pk"))))
        found &= happened if is_wanted else ~happened
    return found


def rows_of_answer(answer: Answer) -> "QuerySet[AnswerMember]":
    return AnswerMember.objects.filter(answer=answer, edition=answer.edition)


def _happened(part: Happened, event: ListEvent, asking: Asking) -> Q:
    rows = events_of(part, event, asking).filter(**{event.customer: OuterRef("pk")})
    if part.at_least is not None:
        return Q(Exists(rows[part.at_least - 1 : part.at_least]))
    # Who has no such event has a sum of nought, and no row here.
    sums = rows.values(event.customer).annotate(total=Sum(_summed(part, event)))
    return Q(Exists(sums.filter(total__gte=part.total_at_least)))


def events_of(node: Happened, event: ListEvent, asking: Asking) -> "QuerySet[Any]":
    """The events that count, of whichever customer, in no order."""
    rows = rows_at(event.model).filter(**event.where).order_by()
    for clause in node.where:
        part = event.part(clause.field)
        if part is None:
            raise FilterNotPossible(
                _("“%(event)s” has nothing called “%(name)s”.")
                % {"event": event.label, "name": clause.field[:60]}
            )
        values = values_of(clause, part, asking.today, None)
        if isinstance(part.source, Many):
            rows = rows.filter(_of_rows(part, part.source, clause.op, values, asking))
        else:
            rows = rows.filter(_of_column(rows.model, part, part.source, clause.op, values, asking))
    return rows.filter(_within(event, node.window, asking)) if node.window else rows


def _within(event: ListEvent, window: Window, asking: Asking) -> Q:
    since, until = days_of(window, asking.today)
    found = Q()
    for day, op in ((since, Op.SINCE), (until, Op.UNTIL)):
        if day is None:
            continue
        if event.is_moment:
            found &= _moment(event.when, op, (day,), asking)
        else:
            found &= _plain(event.when, op, (day,))
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
