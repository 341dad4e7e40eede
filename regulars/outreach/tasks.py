"""Working out what campaigns brought, in the background."""

from datetime import datetime
from typing import Any

from regulars.core.jobs import RunningJob, job
from regulars.outreach.actions.learning import learn_what_they_brought

LEARN_JOB = "outreach.learn"


@job(LEARN_JOB)
def learn(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """After looks were taken: what it came to in margin."""
    return {"campaigns": learn_what_they_brought(at=at)}
