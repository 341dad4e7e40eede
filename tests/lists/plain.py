"""Filters over plain Python values: what the compiled ones are held against."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from regulars.core.folding import folded

TODAY = date(2026, 11, 24)


@dataclass
class Person:
    """A customer as somebody would write them on paper."""

    pk: int
    values: dict[str, Any] = field(default_factory=dict)
    orders: list[tuple[date, int, str]] = field(default_factory=list)


def fits(tree: Mapping[str, Any], one: Person) -> bool:
    if "all" in tree:
        return all(fits(part, one) for part in tree["all"])
    if "any" in tree:
        return any(fits(part, one) for part in tree["any"])
    if "not" in tree:
        return not fits(tree["not"], one)
    if "event" in tree:
        return _bought(tree, one)
    return _is(tree["is"], tree.get("value"), one.values.get(tree["field"]), tree["field"])


def _bought(tree: Mapping[str, Any], one: Person) -> bool:
    days = tree.get("in", {}).get("days")
    since = TODAY - timedelta(days=days - 1) if days else date.min
    until = TODAY if days else date.max
    counted = [order for order in one.orders if since <= order[0] <= until]
    for clause in tree.get("where", ()):
        place = {"total": 1, "goods": 2}[clause["field"]]
        counted = [
            order for order in counted
            if _is(clause["is"], clause.get("value"), order[place], clause["field"])
        ]  # fmt: skip
    if "total" in tree:
        spent = sum(order[1] for order in counted)
        total = tree["total"]
        return _in(spent, total.get("at_least"), total.get("at_most"))
    least = tree.get("at_least", None if "at_most" in tree else 1)
    return _in(len(counted), least, tree.get("at_most"))


def _in(number: int, least: int | None, most: int | None) -> bool:
    return (least is None or number >= least) and (most is None or number <= most)


def _is(op: str, value: Any, given: Any, name: str) -> bool:
    several = given if isinstance(given, list) else [given] if given not in (None, "") else []
    if op == "empty":
        return not several
    if op == "filled":
        return bool(several)
    if op in ("is_not", "none_of"):
        return not any(_one(op[:2] if op == "is_not" else "any_of", value, v) for v in several)
    if op == "all_of":
        return all(any(v == wanted for v in several) for wanted in value)
    return any(_one(op, value, v) for v in several)


def _one(op: str, value: Any, given: Any) -> bool:
    if isinstance(given, str):
        given = folded(given)
        value = (
            [folded(v) for v in value]
            if isinstance(value, Sequence | list) and not isinstance(value, str)
            else folded(value)
        )
    if isinstance(given, date):
        value = [_day(v) for v in value] if isinstance(value, list) else _day(value)
    checks: dict[str, Callable[[], Any]] = {
        "is": lambda: given == value,
        "contains": lambda: value in given,
        "begins": lambda: given.startswith(value),
        "at_least": lambda: given >= value,
        "at_most": lambda: given <= value,
        "since": lambda: given >= value,
        "until": lambda: given <= value,
        "between": lambda: value[0] <= given <= value[1],
        "any_of": lambda: given in value,
    }
    return bool(checks[op]())


def _day(value: Any) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    ((word, days),) = value.items()
    if word == "start_of":
        return {"month": date(2026, 11, 1), "year": date(2026, 1, 1), "week": date(2026, 11, 23),
                "quarter": date(2026, 10, 1)}[days]  # fmt: skip
    return TODAY + timedelta(days=days if word == "days_ahead" else -days)
