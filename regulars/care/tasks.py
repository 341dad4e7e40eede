"""Starting check-ins, asking those who are due, and seeing what became of it."""

from datetime import datetime
from typing import Any

from regulars.care.actions.asking import ask_due, follow_asked
from regulars.care.actions.check_ins import start_check_ins
from regulars.core.jobs import RunningJob, job

JOB = "care.check_ins"


@job(JOB)
def check_in(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Each delivery starts a check-in; who is due is asked. Every step is safe to run again."""
    followed = follow_asked(at=at)
    started = start_check_ins(at=at)
    running.progress(started.orders, step="started")
    asked = ask_due(at=at)
    return {
        "started": started.to_ask, "not_asked": started.dropped + asked.dropped,
        "orders": started.orders, "messages": asked.messages, "calls": asked.calls,
        "followed": followed,
    }  # fmt: skip
