"""What prices do in the background."""

from datetime import datetime

from regulars.core import jobs
from regulars.core.actor import SYSTEM
from regulars.core.jobs import RunningJob
from regulars.prices.actions.checking import CHECK_JOB, check_all, check_prices
from regulars.prices.actions.righting import RIGHT_JOB, hand_out
from regulars.prices.models import Righting


@jobs.job(CHECK_JOB, is_urgent=True)
def check(running: RunningJob, at: datetime) -> dict[str, int]:
    """One price, or every price that can still undercut somebody."""
    price_id = running.arguments.get("price_id")
    return {"concerned": check_all(at=at) if price_id is None else check_prices([price_id], at=at)}


@jobs.job("prices.check_daily")
def check_daily(_running: RunningJob, at: datetime) -> dict[str, int]:
    """Whoever paid more since, or paid too long ago to count."""
    return {"concerned": check_all(at=at)}


@jobs.job(RIGHT_JOB, is_urgent=True)
def right(running: RunningJob, at: datetime) -> dict[str, int]:
    """Credit or codes for all for whom it is made right."""
    found = Righting.objects.filter(pk=running.arguments["righting_id"]).first()
    return {"given": hand_out(found, by=SYSTEM, at=at) if found else 0}
