"""Answers that were worked out and kept: which hold now, and what a filter would ask for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from regulars.core.list_fields import list_events
from regulars.customers.models import Customer
from regulars.lists.asking import Asking
from regulars.lists.models import Answer
from regulars.lists.trees import Happened, Node, Sought, clauses_of, key_of, parts_of

# A whole filter asks for what changes by the minute; behaviour changes when files come in.
WHOLE_HOLDS_FOR = timedelta(minutes=15)
# Below this a list is asked as it stands, each time: that is as quick.
WORTH_KEEPING = 20_000


def is_long_list() -> bool:
    """Whether there are so many customers that answers are worth keeping."""
    some = Customer.objects.on_the_list().order_by()[:WORTH_KEEPING]
    return some.count() == WORTH_KEEPING


def behaviour_of(node: Node) -> Iterator[Happened]:
    """The questions of a filter about what comes in by files, and so is worked out once."""
    for leaf in clauses_of(node):
        if not isinstance(leaf, Happened):
            continue
        if leaf.event in list_events and list_events[leaf.event].comes_in_sets:
            yield from (part for part, _wanted in parts_of(leaf))


def with_answers(node: Node, asking: Asking) -> Asking:
    """The same asking, knowing what was worked out for today of what this filter asks."""
    keys = {key_of(part) for part in behaviour_of(node)}
    if not keys:
        return asking
    held = Answer.objects.filter(key__in=keys, day=asking.today, is_listed=True)
    return replace(asking, kept={one.key: one for one in held})


def is_whole_kept(node: Node) -> bool:
    """Whether the answer to a whole filter may be kept: what is sought depends on who asks."""
    return not any(isinstance(leaf, Sought) for leaf in clauses_of(node))


def answer_to(node: Node, at: datetime) -> Answer | None:
    """Who fits a whole filter, as worked out within the last quarter of an hour."""
    if not is_whole_kept(node):
        return None
    return Answer.objects.filter(
        key=key_of(node), worked_out_at__gt=at - WHOLE_HOLDS_FOR, worked_out_at__lte=at
    ).first()
