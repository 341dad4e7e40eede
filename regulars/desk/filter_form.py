"""The form of a filter as its page draws it: each line with its choices."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.list_fields import FieldKind
from regulars.desk.filter_drafts import SEVERAL, Draft, op_of, tree_of
from regulars.lists.asking import Asking
from regulars.lists.choices import BARE, OPS, Op
from regulars.lists.models import Segment
from regulars.lists.queries.filters import words_of

Choices = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Line:
    """One line of the form: what is chosen in it, and what else could be."""

    draft: Draft
    depth: int
    ops: Choices = ()
    # How its value is given: text, number, day, part of time, one or several of a list.
    input: str = ""
    choices: Choices = ()
    units: Choices = ()
    parts: Choices = ()
    words: str = ""
    lines: "list[Line]" = field(default_factory=list)


def things_to_ask(asking: Asking) -> list[tuple[str, Choices]]:
    """What a condition can be about, in groups: fields, what happened, segments."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in asking.fields.values():
        groups.setdefault(str(one.group), []).append((f"f:{one.name}", str(one.label)))
    happened = [(f"e:{one.name}", str(one.label)) for one in asking.events.values()]
    kept = Segment.objects.standing().filter(pk__in=asking.segments)
    segments = [(f"s:{pk}", name) for pk, name in kept.values_list("pk", "name")]
    named = [*groups.items(), (_("What happened"), happened), (_("Segments"), segments)]
    return [(label, choices) for label, choices in named if choices]


def form_of(root: Draft, asking: Asking, actor: Actor) -> Line:
    """The lines of a draft, each with its choices."""
    return _line(root, 0, asking, actor)


def _line(draft: Draft, depth: int, asking: Asking, actor: Actor) -> Line:
    line = Line(draft, depth)
    if draft.is_group:
        line.lines = [_line(one, depth + 1, asking, actor) for one in draft.nodes]
    elif draft.raw:
        line.words = words_of(tree_of(draft, asking, ""), actor)
    elif draft.sort == "f" and (known := asking.fields.get(draft.name)) is not None:
        _compare(line, known.kind, known.choices() if known.choices else ())
        if known.knows_me:
            line.choices = [("me", _("me")), *line.choices]
    elif draft.sort == "e" and (event := asking.events.get(draft.name)) is not None:
        line.parts = [("", _("whatever it was")), *((p.name, str(p.label)) for p in event.parts)]
        part = event.part(draft.part)
        if part is not None:
            _compare(line, part.kind, part.choices() if part.choices else ())
    return line


def _compare(line: Line, kind: FieldKind, choices: Choices) -> None:
    line.ops = [(op.value, str(op.label)) for op in OPS[kind]]
    op = op_of(line.draft.op, kind)
    line.draft.op = op.value
    line.choices = [(str(key), str(label)) for key, label in choices]
    if op in BARE:
        line.input = ""
    elif op in SEVERAL or kind == FieldKind.CHOICES:
        line.input = "several"
    elif choices:
        line.input = "one"
    elif kind == FieldKind.DAY:
        _days(line, op)
    else:
        line.input = "numbers" if kind in (FieldKind.NUMBER, FieldKind.MONEY) else "text"
        if op == Op.BETWEEN:
            line.input = "two"


def _days(line: Line, op: Op) -> None:
    if op == Op.BETWEEN:
        line.input = "two_days"
        return
    line.units = [
        ("days_ago", _("days ago")), ("days_ahead", _("days from now")), ("date", _("on the day")),
        ("start_of", _("the start of")),
    ]  # fmt: skip
    line.draft.unit = line.draft.unit or "days_ago"
    line.input = {"date": "day", "start_of": "start"}.get(line.draft.unit, "days")
    if line.input == "start":
        line.choices = [
            ("week", _("this week")), ("month", _("this month")), ("quarter", _("this quarter")),
            ("year", _("this year")),
        ]  # fmt: skip
