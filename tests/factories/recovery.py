"""Disruptions, and those who are hit by one."""

from datetime import datetime
from typing import Any

from regulars.core.actor import SYSTEM
from regulars.lists.models import Segment
from regulars.recovery.actions.disruptions import Told, declare_disruption
from regulars.recovery.models import Disruption


def make_segment(name: str = "Named Ruth", *, at: datetime, text: str = "Ruth") -> Segment:
    """Those whose name holds a word."""
    tree = {"field": "customer.name", "is": "contains", "value": text}
    return Segment.objects.create(name=name, tree=tree, created_at=at, changed_at=at)


def declared(
    *, at: datetime, what: str = "A fire in the bakehouse", is_drill: bool = False, **told: Any
) -> Disruption:
    said = Told(**{"what": what, "since": at, **told})
    return declare_disruption(said, by=SYSTEM, at=at, is_drill=is_drill)
