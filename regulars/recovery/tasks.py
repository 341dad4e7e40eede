"""Disruptions in the background: whom they hit, and what their end lets go."""

from datetime import datetime, timedelta
from typing import Any

from regulars.core.actor import SYSTEM
from regulars.core.jobs import RunningJob, enqueue, job
from regulars.recovery.actions.cards import CARD_JOB, write_card
from regulars.recovery.actions.closing import close_days
from regulars.recovery.actions.disruptions import LOOK_JOB
from regulars.recovery.actions.endings import END_JOB, LOOKS_AGAIN_SECONDS, carry_out_ending
from regulars.recovery.actions.hitting import leave_looking, look_whom_it_hits
from regulars.recovery.actions.returns import count_the_way_back
from regulars.recovery.models import Disruption

LOOKS_AFTER = timedelta(minutes=5)


@job(LOOK_JOB, is_urgent=True)
def look(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Hold what sells to whoever is hit by now."""
    disruption = Disruption.objects.filter(pk=running.arguments["disruption"]).first()
    if disruption is None:
        return {}
    return {"held": look_whom_it_hits(disruption, at=at, heard=running.progress)}


@job(END_JOB, is_urgent=True)
def carry_out(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Keep back what nobody confirmed at the end of a disruption, then let the rest go."""
    disruption = Disruption.objects.filter(pk=running.arguments["disruption"]).first()
    if disruption is None or disruption.ending_at is None or not disruption.is_standing:
        return {}
    _leave_anew(disruption, at + LOOKS_AFTER)
    is_done = carry_out_ending(disruption, by=SYSTEM, at=at, heard=running.progress)
    if not is_done:
        again = at + timedelta(seconds=LOOKS_AGAIN_SECONDS)
        enqueue(END_JOB, at=again, disruption=disruption.pk)
    return {"done": is_done}


def _leave_anew(disruption: Disruption, at: datetime) -> None:
    """A work that failed for good is not tried again: another one takes the ending over."""
    minute = at.replace(second=0, microsecond=0)
    key = f"{END_JOB}:{disruption.pk}:{minute.isoformat()}"
    enqueue(END_JOB, at=at, unique_key=key, disruption=disruption.pk)


@job(CARD_JOB)
def write_the_card(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Write the continuity card anew, if one is kept."""
    card = write_card(by=SYSTEM, at=at)
    return {"trouble": card.trouble, "customers": card.customer_count} if card else {}


@job("recovery.follow")
def follow(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Once a day: days closed go on as long as it lasts, and whom it hits is looked at again."""
    standing = Disruption.objects.standing().in_earnest()
    for disruption in standing:
        close_days(disruption, by=SYSTEM, at=at)
    return {"standing": len(standing), "looks": leave_looking(at=at)}


@job("recovery.count")
def count(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Look who has come back, after everybody was counted."""
    return {"customers": count_the_way_back(by=SYSTEM, at=at)}
