"""Counting for goals in the background."""

from datetime import datetime
from typing import Any

from regulars.core.jobs import RunningJob, job
from regulars.goals.actions.counting import count_trade

COUNT_JOB = "goals.count"


@job(COUNT_JOB)
def count(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """After everybody was counted, or when somebody changed what is counted."""
    trade = count_trade(at=at)
    return {"months": len(trade.months) if trade else 0}
