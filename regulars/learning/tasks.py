"""Reading what customers wrote."""

from datetime import datetime
from typing import Any

from regulars.core.jobs import RunningJob, job
from regulars.learning.actions.reading import JOB, read_texts


@job(JOB)
def read(running: RunningJob, at: datetime) -> dict[str, Any]:
    """Every text that is new, was changed, or was read by other words; safe to run again."""
    return dict(read_texts(at=at, tell=running.progress))
