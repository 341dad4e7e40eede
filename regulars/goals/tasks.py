"""Counting for goals in the background."""

from datetime import datetime
from typing import Any

from regulars.core.jobs import RunningJob, job
from regulars.goals.actions.counting import count_trade
from regulars.goals.actions.progress import PROGRESS_JOB, count_progress

COUNT_JOB = "goals.count"


@job(PROGRESS_JOB, is_urgent=True)
def progress(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """When a goal was set or changed: somebody waits to see how far it is."""
    return {"goals": count_progress(at=at)}


@job(COUNT_JOB)
def count(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """After everybody was counted, or when somebody changed what is counted."""
    trade = count_trade(at=at)
    return {"months": len(trade.months) if trade else 0, "goals": count_progress(at=at)}
