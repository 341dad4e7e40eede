"""What offers do in the background."""

from datetime import datetime

from regulars.core import jobs
from regulars.core.jobs import RunningJob
from regulars.offers.actions.choosing import keep_offer
from regulars.offers.actions.planning import CHOOSE_JOB
from regulars.offers.models import Offer


@jobs.job(CHOOSE_JOB, is_urgent=True)
def choose_for(running: RunningJob, at: datetime) -> dict[str, int]:
    """Whom the waves of one offer mean, and their codes."""
    offer = Offer.objects.filter(pk=running.arguments["offer_id"]).first()
    return {"chosen": keep_offer(offer, at=at, running=running) if offer else 0}


@jobs.job("offers.keep")
def keep_all(running: RunningJob, at: datetime) -> dict[str, int]:
    """Every offer that stands: whoever came into a live wave since, whatever was left undone."""
    chosen = sum(keep_offer(one, at=at, running=running) for one in Offer.objects.planned())
    return {"chosen": chosen}
