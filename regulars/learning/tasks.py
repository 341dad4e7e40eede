"""Reading what customers wrote, and looking whether what was done about it helped."""

from datetime import datetime
from typing import Any

from regulars.core.jobs import RunningJob, job
from regulars.learning.actions.improving import JOB as LOOK
from regulars.learning.actions.improving import take_looks
from regulars.learning.actions.reading import JOB, read_texts


@job(JOB)
def read(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Every text that is new, was changed, or was read by other words; safe to run again."""
    return dict(read_texts(at=at, tell=running.progress))


@job(LOOK)
def look(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Whether what was done about helped, on the days that are set for it; safe to run again."""
    return {"looks": take_looks(at=at)}
