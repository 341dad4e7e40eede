"""Looking at what is due, in the background."""

from datetime import datetime
from typing import Any

from regulars.core.jobs import RunningJob, job
from regulars.messaging.models import Mailing
from regulars.verdicts.actions import take_looks
from regulars.verdicts.mailed import KEEP_JOB, keep_by_default
from regulars.verdicts.queries import leaves_out_by_default


@job("verdicts.look")
def look(_running: RunningJob, at: datetime) -> dict[str, Any]:
    """Say of each trial whether it helped, as far as the looks that are due can tell."""
    return {"verdicts": len(take_looks(at=at))}


@job(KEEP_JOB)
def keep(running: RunningJob, at: datetime) -> dict[str, Any]:
    """A long list is looked through after its mailing was written, not while."""
    mailing = Mailing.objects.filter(pk=running.arguments["mailing"]).first()
    if mailing is None or not leaves_out_by_default():
        return {"left_out": 0}
    trial = keep_by_default(mailing, at=at, is_later=True)
    return {"left_out": trial.left_out_count if trial else 0}
