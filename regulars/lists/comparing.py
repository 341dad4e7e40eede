"""A value against what it is compared with, where it stands: every answer is yes or no."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.db.models import F, IntegerField, Model, Q, TextField, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Contains, Exact, StartsWith

from regulars.core.folding import Folded
from regulars.core.list_fields import Column, FieldKind, Many
from regulars.lists.asking import Asking
from regulars.lists.choices import Op

NOBODY = Q(pk__in=())
TEXTS = (FieldKind.TEXT, FieldKind.LINK)


def fits(
    model: type[Model], kind: FieldKind, path: str, op: Op, values: tuple[Any, ...],
    asking: Asking, source: Column | Many,
) -> Q:  # fmt: skip
    if isinstance(source, Column) and source.is_days_past:
        return _days_past(path, op, values, asking.today)
    if op in (Op.EMPTY, Op.FILLED):
        return _filled(kind, path, op)
    if kind in TEXTS:
        return _text(path, op, str(values[0]))
    if kind == FieldKind.DAY and source.is_moment:
        return moment(path, op, values, asking)
    if kind == FieldKind.NUMBER and _is_whole(model, path):
        return _whole(path, op, values)
    return plain(path, op, values)


def _filled(kind: FieldKind, path: str, op: Op) -> Q:
    is_null = Q(**{f"{path}__isnull": True})
    blank = Q(**{path: ""}) if kind in (*TEXTS, FieldKind.CHOICE) and not _is_number(path) else Q()
    empty = is_null | blank if blank else is_null
    return empty if op == Op.EMPTY else ~empty


def _is_number(path: str) -> bool:
    """Keys and weekdays are missing or there, and never blank."""
    return "_id" in path or path.endswith("_week_day")


def _text(path: str, op: Op, value: str) -> Q:
    text = Coalesce(Folded(F(path)), Value("", output_field=TextField()))
    lookups: dict[Op, Callable[..., Any]] = {
        Op.CONTAINS: Contains, Op.BEGINS: StartsWith, Op.IS: Exact, Op.IS_NOT: Exact,
    }  # fmt: skip
    found = Q(lookups[op](text, value))
    return ~found if op == Op.IS_NOT else found


def moment(path: str, op: Op, values: tuple[Any, ...], asking: Asking) -> Q:
    low = None if op == Op.UNTIL else values[0]
    high = None if op == Op.SINCE else values[-1]
    found = Q(**{f"{path}__isnull": False})
    if low is not None:
        found &= Q(**{f"{path}__gte": asking.start_of(low)})
    if high is not None:
        found &= Q(**{f"{path}__lt": asking.start_of(high + timedelta(days=1))})
    return found


def _days_past(path: str, op: Op, values: tuple[Any, ...], today: date) -> Q:
    """So many days ago, at least one; a day that has not passed is no number at all."""
    past = Q(**{f"{path}__lt": today})
    if op == Op.EMPTY:
        return ~past
    if op in (Op.IS, Op.AT_LEAST, Op.BETWEEN):
        past &= Q(**{f"{path}__lte": _days_ago(_rounded_up(values[0]), today)})
    if op in (Op.IS, Op.AT_MOST, Op.BETWEEN):
        past &= Q(**{f"{path}__gte": _days_ago(_rounded_down(values[-1]), today)})
    return past


def _days_ago(days: int, today: date) -> date:
    """Whatever number is asked for, it is a day of the calendar."""
    return date.fromordinal(min(max(today.toordinal() - days, 1), date.max.toordinal()))


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
    return plain(path, op, tuple(_rounded_down(value) for value in values))


def _rounded_down(value: int | Decimal) -> int:
    return int(Decimal(value).to_integral_value(ROUND_FLOOR))


def _rounded_up(value: int | Decimal) -> int:
    return -_rounded_down(-value)


def plain(path: str, op: Op, values: tuple[Any, ...]) -> Q:
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
