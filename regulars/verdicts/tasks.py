"""Looking at what is due, in the background."""

from datetime import datetime
from typing import Any

from regulars.core.jobs import RunningJob, job
from regulars.verdicts.actions import take_looks


@job("verdicts.look")
def look(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Say of each trial whether it helped, as far as the looks that are due can tell."""
    return {"verdicts": len(take_looks(at=at))}
