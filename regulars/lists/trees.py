"""A filter as a typed tree: read from JSON, checked once, written back as it was meant."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from regulars.lists.choices import BARE, Op
from regulars.lists.errors import FilterNotPossible

DEEPEST = 8
MOST_NODES = 50
LONGEST_TEXT = 200
MOST_VALUES = 100
MOST_DAYS = 36_500
MOST_TIMES = 10_000


@dataclass(frozen=True, slots=True)
class All:
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    node: "Node"


@dataclass(frozen=True, slots=True)
class Clause:
    """A field, how it is compared, and with what: plain values, or days that roll."""

    field: str
    op: Op
    value: Any = None


@dataclass(frozen=True, slots=True)
class Window:
    """The last so many days to today, or from one day to another; both ends belong to it."""

    days: int | None = None
    since: Any = None
    until: Any = None


@dataclass(frozen=True, slots=True)
class Happened:
    """An event, so many times or for so much in all, within a window."""

    event: str
    where: tuple[Clause, ...] = ()
    window: Window | None = None
    at_least: int | None = 1
    at_most: int | None = None
    total_of: str = ""
    total_at_least: int | None = None
    total_at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Sought:
    """Every word of the text begins a word in names, addresses or numbers."""

    text: str


@dataclass(frozen=True, slots=True)
class InSegment:
    segment: int


Node = All | AnyOf | Not | Clause | Happened | Sought | InSegment
EVERYBODY = All(())


def read(tree: Any) -> Node:
    """The typed tree of a JSON value; nothing at all finds everybody.

    Whether the fields named in it are there, and for whom, is asked later: the answer changes.
    """
    if tree is None or tree == {}:
        return EVERYBODY
    return _Reader().node(tree, 1)


def clauses_of(node: Node) -> Iterator[Clause | Happened | Sought | InSegment]:
    """The leaves of a tree, from left to right."""
    if isinstance(node, All | AnyOf):
        for one in node.nodes:
            yield from clauses_of(one)
    elif isinstance(node, Not):
        yield from clauses_of(node.node)
    else:
        yield node


def parts_of(node: Happened) -> Iterator[tuple[Happened, bool]]:
    """An event's condition as questions that are each answered by yes: “at most two” is not three.

    Each with whether yes is what was asked for. What is kept of answers is kept by these.
    """
    bare = replace(
        node, at_least=None, at_most=None, total_of="", total_at_least=None, total_at_most=None
    )
    if node.at_least:
        yield replace(bare, at_least=node.at_least), True
    if node.at_most is not None:
        yield replace(bare, at_least=node.at_most + 1), False
    if node.total_at_least:
        yield replace(bare, total_of=node.total_of, total_at_least=node.total_at_least), True
    if node.total_at_most is not None:
        more = node.total_at_most + 1
        yield replace(bare, total_of=node.total_of, total_at_least=more), False


def key_of(node: Node) -> str:
    """A short name of what a tree asks: the same for the same question."""
    told = json.dumps(plain(node), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:40]


class _Reader:
    """Counts as it reads, so that no tree is walked that is too large to be walked."""

    def __init__(self) -> None:
        self._count = 0

    def node(self, tree: Any, depth: int) -> Node:
        if depth > DEEPEST:
            raise FilterNotPossible(
                _("Filters go %(most)s levels deep at most.") % {"most": DEEPEST},
                _("Put fewer brackets into one another, or save a part as a segment."),
            )
        self._one_more()
        if not isinstance(tree, Mapping):
            raise _senseless()
        if "all" in tree:
            return All(tuple(self._nodes(tree, "all", depth)))
        if "any" in tree:
            return AnyOf(tuple(self._nodes(tree, "any", depth)))
        if "not" in tree:
            _only(tree, {"not"})
            return Not(self.node(tree["not"], depth + 1))
        return self._leaf(tree)

    def _one_more(self) -> None:
        self._count += 1
        if self._count > MOST_NODES:
            raise FilterNotPossible(
                _("A filter has %(most)s parts at most.") % {"most": MOST_NODES},
                _("Save a part of it as a segment, and ask for that segment."),
            )

    def _nodes(self, tree: Mapping[str, Any], name: str, depth: int) -> Iterator[Node]:
        _only(tree, {name})
        if not isinstance(tree[name], list):
            raise _senseless()
        return (self.node(one, depth + 1) for one in tree[name])

    def _leaf(self, tree: Mapping[str, Any]) -> Node:
        if "field" in tree:
            return clause(tree)
        if "event" in tree:
            return self._happened(tree)
        if "text" in tree:
            _only(tree, {"text"})
            return Sought(_text(tree["text"]))
        if "segment" in tree:
            _only(tree, {"segment"})
            return InSegment(_whole(tree["segment"], 2**62))
        raise _senseless()

    def _happened(self, tree: Mapping[str, Any]) -> Happened:
        _only(tree, {"event", "where", "in", "at_least", "at_most", "total"})
        where = tree.get("where", [])
        if not isinstance(where, list):
            raise _senseless()
        for _one in where:
            self._one_more()
        total = tree.get("total", {})
        if not isinstance(total, Mapping) or (total and not isinstance(total.get("of"), str)):
            raise _senseless()
        _only(total, {"of", "at_least", "at_most"})
        counted = "at_most" in tree or "total" in tree
        return Happened(
            event=_text(tree["event"]),
            where=tuple(clause(one) for one in where),
            window=_window(tree["in"]) if tree.get("in") else None,
            at_least=_times(tree, "at_least", None if counted else 1),
            at_most=_times(tree, "at_most", None),
            total_of=total.get("of", ""),
            total_at_least=_amount(total, "at_least"),
            total_at_most=_amount(total, "at_most"),
        )


def clause(tree: Any) -> Clause:
    if not isinstance(tree, Mapping):
        raise _senseless()
    _only(tree, {"field", "is", "value"})
    name, op = tree.get("field"), tree.get("is")
    if not isinstance(name, str) or not isinstance(op, str) or op not in Op.values:
        raise _senseless()
    if op in BARE:
        return Clause(name[:LONGEST_TEXT], Op(op))
    value = tree.get("value")
    _check_size(value)
    return Clause(name[:LONGEST_TEXT], Op(op), _frozen(value))


def _check_size(value: Any) -> None:
    if isinstance(value, list):
        if len(value) > MOST_VALUES:
            raise FilterNotPossible(
                _("One condition names %(most)s values at most.") % {"most": MOST_VALUES}
            )
        for one in value:
            if isinstance(one, list):
                raise _senseless()
            _check_size(one)
    if isinstance(value, str) and (len(value) > LONGEST_TEXT or "\0" in value):
        raise FilterNotPossible(
            _("What you look for is longer than %(most)s letters.") % {"most": LONGEST_TEXT}
        )


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _window(tree: Any) -> Window:
    if not isinstance(tree, Mapping):
        raise _senseless()
    _only(tree, {"days", "from", "to"})
    if "days" in tree:
        _only(tree, {"days"})
        return Window(days=max(1, _whole(tree["days"], MOST_DAYS)))
    return Window(since=tree.get("from"), until=tree.get("to"))


def _times(tree: Mapping[str, Any], name: str, otherwise: int | None) -> int | None:
    return _whole(tree[name], MOST_TIMES) if tree.get(name) is not None else otherwise


def _amount(tree: Mapping[str, Any], name: str) -> int | None:
    return _whole(tree[name], 10**15) if tree.get(name) is not None else None


def _whole(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise _senseless()
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise _senseless()
    return value[:LONGEST_TEXT]


def _only(tree: Mapping[str, Any], known: set[str]) -> None:
    if set(tree) - known:
        raise _senseless()


def _senseless() -> FilterNotPossible:
    return FilterNotPossible(
        _("This filter cannot be read."), _("Build it anew, condition by condition.")
    )


def plain(node: Node) -> dict[str, Any]:
    """The tree as JSON, from which `read` makes the same again."""
    if isinstance(node, All):
        return {"all": [plain(one) for one in node.nodes]}
    if isinstance(node, AnyOf):
        return {"any": [plain(one) for one in node.nodes]}
    if isinstance(node, Not):
        return {"not": plain(node.node)}
    if isinstance(node, Clause):
        return _plain_clause(node)
    if isinstance(node, Sought):
        return {"text": node.text}
    if isinstance(node, InSegment):
        return {"segment": node.segment}
    return _plain_event(node)


def _plain_clause(node: Clause) -> dict[str, Any]:
    named = {"field": node.field, "is": str(node.op)}
    if node.op in BARE:
        return named
    return {**named, "value": list(node.value) if isinstance(node.value, tuple) else node.value}


def _plain_event(node: Happened) -> dict[str, Any]:
    window = node.window
    total = {
        "of": node.total_of or None,
        "at_least": node.total_at_least,
        "at_most": node.total_at_most,
    }
    told: dict[str, Any] = {
        "event": node.event,
        "where": [_plain_clause(one) for one in node.where],
        "in": _present({"days": window.days, "from": window.since, "to": window.until})
        if window
        else {},
        "at_least": node.at_least,
        "at_most": node.at_most,
        "total": _present(total) if node.total_of else {},
    }
    return {name: value for name, value in told.items() if value not in (None, {}, [])}


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def all_of(nodes: Sequence[Node]) -> Node:
    """One tree that asks for all of these, without brackets that say nothing."""
    kept = [node for node in nodes if node != EVERYBODY]
    return kept[0] if len(kept) == 1 else All(tuple(kept))
