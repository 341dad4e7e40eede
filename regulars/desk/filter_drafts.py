"""A filter while it is being built: what the form holds, what tree that makes, and back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from regulars.core.keyset import is_whole
from regulars.core.list_fields import FieldKind
from regulars.core.money import Money
from regulars.lists.asking import Asking
from regulars.lists.choices import BARE, OPS, Op
from regulars.lists.errors import FilterNotPossible

ROOT = "r"
JOINS = ("all", "any", "none")
UNITS = ("date", "days_ago", "days_ahead", "start_of")
TIMES = ("at_least", "at_most", "none")
DEEPEST = 8
SEVERAL = frozenset({Op.ANY_OF, Op.ALL_OF, Op.NONE_OF})


@dataclass
class Draft:
    """One line of the form: a bracket with lines of its own, or a condition, filled in or not."""

    path: str = ROOT
    join: str = ""
    nodes: "list[Draft]" = field(default_factory=list)
    # "f:field", "e:event", "s:segment"; nothing while it is not chosen.
    what: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)
    unit: str = ""
    times: str = "at_least"
    count: str = "1"
    days: str = ""
    part: str = ""
    # A condition that the form has no places for is kept as it is.
    raw: str = ""
    is_new: bool = False

    @property
    def is_group(self) -> bool:
        return bool(self.join)

    @property
    def sort(self) -> str:
        return self.what[:1]

    @property
    def name(self) -> str:
        return self.what[2:]


def draft_of_form(given: QueryDict) -> Draft:
    """What stands in the form."""
    paths = {key.rpartition(".")[0] for key in given if key.startswith(f"{ROOT}.")}
    # The boxes of a bracket are its own; those of its lines begin with its path.
    root = _read(given, ROOT, paths)
    root.join = root.join or "all"
    return root


def _read(given: QueryDict, path: str, paths: set[str]) -> Draft:
    below = sorted(
        {int(head) for one in paths if one.startswith(f"{path}.")
         and (head := one[len(path) + 1 :].split(".")[0]).isdigit()}
    )  # fmt: skip
    join = given.get(f"{path}.join", "")
    return Draft(
        path=path, join=join if join in JOINS else "",
        nodes=[_read(given, f"{path}.{at}", paths) for at in below][:50]
        if path.count(".") < DEEPEST else [],
        what=given.get(f"{path}.what", "")[:130], op=given.get(f"{path}.is", ""),
        values=[one[:200] for one in given.getlist(f"{path}.value")][:100],
        unit=given.get(f"{path}.unit", ""), times=given.get(f"{path}.times", "at_least"),
        count=given.get(f"{path}.count", "1")[:6], days=given.get(f"{path}.days", "")[:6],
        part=given.get(f"{path}.part", ""), raw=given.get(f"{path}.raw", "")[:4000],
    )  # fmt: skip


def changed(root: Draft, deed: str) -> Draft:
    """The draft after a button: add:PATH, group:PATH, remove:PATH."""
    verb, _gap, path = deed.partition(":")
    for one in _walk(root):
        if verb == "add" and one.path == path:
            one.nodes.append(Draft(is_new=True))
        elif verb == "group" and one.path == path and one.path.count(".") < DEEPEST - 2:
            one.nodes.append(Draft(join="any", nodes=[Draft(is_new=True)]))
        elif verb == "remove":
            one.nodes = [node for node in one.nodes if node.path != path]
    return numbered(root)


def _walk(node: Draft) -> list[Draft]:
    return [node, *(deeper for one in node.nodes for deeper in _walk(one))]


def numbered(node: Draft, path: str = ROOT) -> Draft:
    node.path = path
    for at, one in enumerate(node.nodes):
        numbered(one, f"{path}.{at}")
    return node


# From the draft to a tree


def tree_of(node: Draft, asking: Asking, currency: str) -> dict[str, Any]:
    """The filter that a draft makes; lines in which nothing was chosen ask nothing."""
    if node.is_group:
        made = [tree_of(one, asking, currency) for one in node.nodes if one.is_group or one.what
                or one.raw]  # fmt: skip
        return {"not": {"any": made}} if node.join == "none" and made else {
            "all" if node.join == "none" else node.join: made
        }  # fmt: skip
    if node.raw:
        return _kept(node.raw)
    if node.sort == "s":
        return {"segment": int(node.name)} if is_whole(node.name) else _unknown()
    if node.sort == "e":
        return _event(node, asking, currency)
    return _clause(node, asking, currency)


def _kept(raw: str) -> dict[str, Any]:
    try:
        tree = json.loads(raw)
    except ValueError:
        return _unknown()
    return tree if isinstance(tree, dict) else _unknown()


def _unknown() -> dict[str, Any]:
    raise FilterNotPossible(
        _("This filter cannot be read."), _("Build it anew, condition by condition.")
    )


def _clause(node: Draft, asking: Asking, currency: str) -> dict[str, Any]:
    known = asking.fields.get(node.name)
    if known is None:
        return _unknown()
    return {"field": node.name, **_compared(node, known.kind, str(known.label), currency)}


def _compared(node: Draft, kind: FieldKind, label: str, currency: str) -> dict[str, Any]:
    op = op_of(node.op, kind)
    if op in BARE:
        return {"is": op.value}
    given = [one.strip() for one in node.values if one.strip()]
    if not given or (op == Op.BETWEEN and len(given) != 2):
        raise FilterNotPossible(
            _("“%(field)s” is compared with nothing yet.") % {"field": label},
            _("Fill in that condition, or take it away."),
        )
    read = [_value(one, node, kind, label, currency) for one in given]
    return {"is": op.value, "value": read if op in SEVERAL or op == Op.BETWEEN else read[0]}


def op_of(text: str, kind: FieldKind) -> Op:
    return Op(text) if text in OPS[kind] else OPS[kind][0]


def _value(text: str, node: Draft, kind: FieldKind, label: str, currency: str) -> Any:
    if kind == FieldKind.MONEY:
        try:
            return Money.of(Decimal(text.replace(",", ".")), currency).minor
        except (InvalidOperation, ValueError, OverflowError):
            raise FilterNotPossible(
                _("“%(text)s” is no amount for “%(field)s”.") % {"text": text, "field": label},
                _("Write it in figures, such as 25 or 19.90."),
            ) from None
    if kind == FieldKind.DAY and node.unit in ("days_ago", "days_ahead") and node.op != Op.BETWEEN:
        return {node.unit: int(text)} if is_whole(text) else text
    if kind == FieldKind.DAY and node.unit == "start_of":
        return {"start_of": text}
    return text


def _event(node: Draft, asking: Asking, currency: str) -> dict[str, Any]:
    event = asking.events.get(node.name)
    if event is None:
        return _unknown()
    made: dict[str, Any] = {"event": node.name}
    count = int(node.count) if is_whole(node.count) else 1
    if node.times == "none":
        made["at_most"] = 0
    else:
        made["at_most" if node.times == "at_most" else "at_least"] = count
    if is_whole(node.days) and int(node.days):
        made["in"] = {"days": int(node.days)}
    part = event.part(node.part)
    if part is not None and any(one.strip() for one in node.values):
        compared = _compared(node, part.kind, str(part.label), currency)
        made["where"] = [{"field": part.name, **compared}]
    return made


# From a tree back to the draft


def draft_of_tree(tree: Any, asking: Asking, currency: str) -> Draft:
    """The form of a filter that is there already."""
    node = _drafted(tree or {"all": []}, asking, currency)
    return numbered(node if node.is_group else Draft(join="all", nodes=[node]))


def _drafted(tree: Any, asking: Asking, currency: str) -> Draft:
    if not isinstance(tree, Mapping):
        _unknown()
    for join in ("all", "any"):
        if join in tree:
            return Draft(join=join, nodes=[_drafted(one, asking, currency) for one in tree[join]])
    if "not" in tree:
        inner = _drafted(tree["not"], asking, currency)
        return Draft(join="none", nodes=inner.nodes if inner.join == "any" else [inner])
    if "segment" in tree:
        return Draft(what=f"s:{tree['segment']}")
    known = asking.fields.get(tree.get("field", ""))
    if known is not None:
        return _filled(Draft(what=f"f:{known.name}"), tree, known.kind, currency)
    if "event" in tree and (drafted := _drafted_event(tree, asking, currency)) is not None:
        return drafted
    return Draft(raw=json.dumps(tree))


def _filled(draft: Draft, tree: Mapping[str, Any], kind: FieldKind, currency: str) -> Draft:
    draft.op = tree.get("is", "")
    value = tree.get("value")
    given: Sequence[Any] = value if isinstance(value, list | tuple) else [value]
    for told in given:
        one = told
        if isinstance(told, Mapping) and len(told) == 1:
            ((draft.unit, one),) = told.items()
        elif kind == FieldKind.DAY:
            draft.unit = "date"
        if one is not None:
            shown = Money(one, currency).major if kind == FieldKind.MONEY else one
            draft.values.append(str(shown))
    return draft


def _drafted_event(tree: Mapping[str, Any], asking: Asking, currency: str) -> Draft | None:
    event, where, window = asking.events.get(tree["event"]), tree.get("where", []), tree.get("in")
    counted = [name for name in ("at_least", "at_most") if tree.get(name) is not None]
    if event is None or len(where) > 1 or len(counted) > 1 or "total" in tree:
        return None
    if window and set(window) != {"days"}:
        return None
    draft = Draft(what=f"e:{event.name}", days=str(window["days"]) if window else "")
    if counted:
        draft.times, draft.count = counted[0], str(tree[counted[0]])
    if draft.times == "at_most" and draft.count == "0":
        draft.times, draft.count = "none", "1"
    if where:
        part = event.part(where[0].get("field", ""))
        if part is None:
            return None
        draft.part = part.name
        return _filled(draft, where[0], part.kind, currency)
    return draft
