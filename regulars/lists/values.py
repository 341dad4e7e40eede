"""What a condition compares with: read from plain JSON, days that roll reckoned from today."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.folding import folded
from regulars.core.list_fields import EventPart, FieldKind, ListField
from regulars.lists.choices import OPS, Op
from regulars.lists.errors import FilterNotPossible
from regulars.lists.trees import MOST_DAYS, Clause

MOST_AMOUNT = 10**15
ME = "me"
PARTS_OF_TIME = ("week", "month", "quarter", "year")
SEVERAL = frozenset({Op.ANY_OF, Op.ALL_OF, Op.NONE_OF})


def values_of(
    clause: Clause, field: ListField | EventPart, today: date, me: int | None
) -> tuple[Any, ...]:
    """The values of a condition as the database compares them; a Refusal names the field."""
    if clause.op not in OPS[field.kind]:
        raise FilterNotPossible(
            _("“%(field)s” cannot be asked in this way.") % {"field": field.label}
        )
    given = clause.value if isinstance(clause.value, tuple) else (clause.value,)
    if clause.op in (Op.YES, Op.NO, Op.EMPTY, Op.FILLED):
        return ()
    wanted = 2 if clause.op == Op.BETWEEN else None if clause.op in SEVERAL else 1
    if not given or (wanted is not None and len(given) != wanted):
        raise _unreadable(field)
    read = _reader(field, today, me)
    return tuple(read(one) for one in given)


def _reader(field: ListField | EventPart, today: date, me: int | None) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        try:
            return _READ[field.kind](value, field, today, me)
        except (ValueError, InvalidOperation, OverflowError, TypeError, KeyError):
            raise _unreadable(field) from None

    return read


def _unreadable(field: ListField | EventPart) -> FilterNotPossible:
    return FilterNotPossible(
        _("What “%(field)s” is compared with cannot be read.") % {"field": field.label},
        _("Fill in that condition anew."),
    )


def day_of(value: Any, today: date) -> date:
    """A day: as it is written, so many days ago or ahead, or the first day of this month."""
    if isinstance(value, str):
        return date.fromisoformat(value)
    if not isinstance(value, Mapping) or len(value) != 1:
        raise ValueError(value)
    ((word, given),) = value.items()
    if word == "start_of":
        return _start_of(given, today)
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= MOST_DAYS:
        raise ValueError(value)
    return today + timedelta(days={"days_ago": -given, "days_ahead": given}[word])


def _start_of(part: str, today: date) -> date:
    starts = {
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "quarter": today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1),
        "year": today.replace(month=1, day=1),
    }
    return starts[part]


def _number(value: Any, *_rest: Any) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(value)
    number = Decimal(str(value))
    if not number.is_finite() or abs(number) > MOST_AMOUNT:
        raise ValueError(value)
    whole = int(number)
    return whole if whole == number else number


def _money(value: Any, *_rest: Any) -> int:
    amount = _number(value)
    if not isinstance(amount, int):
        raise TypeError(value)
    return amount


def _text(value: Any, field: ListField | EventPart, *_rest: Any) -> Any:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(value)
    wanted = folded(str(field.source.cast(value.strip())))
    if not wanted:
        # Of a number without digits nothing is left, and nothing stands within everything.
        raise ValueError(value)
    return wanted


def _choice(value: Any, field: ListField | EventPart, _today: date, me: int | None) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(value)
    if value == ME and isinstance(field, ListField) and field.knows_me:
        return -1 if me is None else me
    return field.source.cast(value)


def _day(value: Any, _field: ListField | EventPart, today: date, _me: int | None) -> date:
    return day_of(value, today)


_READ: dict[FieldKind, Callable[..., Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.LINK: _text,
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: _money,
    FieldKind.DAY: _day,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choice,
}


def holds(op: Op, values: tuple[Any, ...], given: Any) -> bool:
    """Whether a plain value that is there fits: what no value stands for is judged by this."""
    return bool(_HOLDS[op](values, given))


_HOLDS: dict[Op, Callable[[tuple[Any, ...], Any], bool]] = {
    Op.IS: lambda values, given: given == values[0],
    Op.IS_NOT: lambda values, given: given != values[0],
    Op.CONTAINS: lambda values, given: values[0] in given,
    Op.BEGINS: lambda values, given: given.startswith(values[0]),
    Op.AT_LEAST: lambda values, given: given >= values[0],
    Op.AT_MOST: lambda values, given: given <= values[0],
    Op.SINCE: lambda values, given: given >= values[0],
    Op.UNTIL: lambda values, given: given <= values[0],
    Op.BETWEEN: lambda values, given: values[0] <= given <= values[1],
    Op.ANY_OF: lambda values, given: given in values,
    Op.ALL_OF: lambda values, given: all(given == one for one in values),
    Op.NONE_OF: lambda values, given: given not in values,
    Op.YES: lambda _values, given: given is True,
    Op.NO: lambda _values, given: given is not True,
    Op.EMPTY: lambda _values, _given: False,
    Op.FILLED: lambda _values, _given: True,
}
