"""Lowering again what an import raised, once that import is undone.

What it lowered stays lowered. A yes that rests on the file alone becomes a no: nobody may be
written to because of a file that somebody took back (RELIABILITY C3).
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import OuterRef, Subquery

from regulars.consent.actions import record_decision
from regulars.consent.choices import Decision
from regulars.consent.models import ConsentEvent, ConsentState
from regulars.core.actor import Actor

CHUNK = 1000


def lower_what_import_raised(import_id: int, *, by: Actor, at: datetime) -> int:
    """Take back every yes that rests on this import alone; returns how many."""
    source = f"import {import_id}: "
    return sum(
        record_decision(
            ids, channel, Decision.WITHDRAWN, source=f"import {import_id} undone", by=by, at=at,
            purpose=purpose,
        )
        for channel, purpose in _raised_by(source)
        for ids in _resting_on(source, channel, purpose)
    )  # fmt: skip


def _raised_by(source: str) -> list[tuple[str, str]]:
    """The channels and purposes for which that source said yes of anybody."""
    raised = ConsentEvent.objects.filter(decision=Decision.GRANTED, source__startswith=source)
    return sorted(set(raised.values_list("channel", "purpose")))


def _resting_on(source: str, channel: str, purpose: str) -> Iterator[list[int]]:
    """Whose yes was last given by that source, some at a time."""
    own = ConsentEvent.objects.filter(
        customer=OuterRef("customer"), channel=channel, purpose=purpose, decision=Decision.GRANTED
    )
    standing = ConsentState.objects.filter(
        channel=channel, purpose=purpose, decision=Decision.GRANTED
    ).annotate(last_source=Subquery(own.order_by("-id").values("source")[:1]))
    waiting = standing.filter(last_source__startswith=source).order_by("customer_id")
    while ids := list(waiting.values_list("customer_id", flat=True)[:CHUNK]):
        yield ids
