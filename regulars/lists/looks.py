"""A way of looking at the list: which customers, which columns, in which order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from regulars.lists.models import View

DEFAULT_COLUMNS = (
    "insight.tier", "customer.manager", "insight.last_on", "insight.due_on",
    "insight.year_spend", "conversation.last_touch",
)  # fmt: skip
BY_NAME = "customer.name"


@dataclass(frozen=True, slots=True)
class Look:
    """What a view keeps, or what somebody asked for without saving it. `sort` names a field."""

    tree: Mapping[str, Any] = field(default_factory=dict)
    columns: Sequence[str] = DEFAULT_COLUMNS
    sort: str = BY_NAME
    is_descending: bool = False


def look_of(view: View) -> Look:
    return Look(view.tree, tuple(view.columns) or DEFAULT_COLUMNS, view.sort, view.is_descending)
