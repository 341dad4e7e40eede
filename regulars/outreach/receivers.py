"""What outreach does when a look was taken or customers were counted; whom mailings mean."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from regulars.core import clock, jobs
from regulars.core.events import receives
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.insight.events import FactsRefreshed
from regulars.messaging.audiences import audiences
from regulars.outreach.choices import CAMPAIGN_AUDIENCE, WOULD_HELP
from regulars.outreach.models import Campaign
from regulars.outreach.queries.helping import WhoWouldHelp
from regulars.outreach.queries.people import written_to
from regulars.outreach.tasks import LEARN_JOB
from regulars.verdicts.events import VerdictReached


class InOneCampaign:
    """{"campaign": id}: whom it writes to, asked anew while it leaves."""

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        campaign = self._campaign(definition)
        return written_to(campaign, clock.now()) if campaign else Customer.objects.none()

    def words(self, definition: dict[str, Any]) -> str:
        campaign = self._campaign(definition)
        places = {
            "segment": campaign.segment_name if campaign else "…",
            "count": campaign.most_calls if campaign else 0,
        }
        if campaign is not None and campaign.calls:
            return _("“%(segment)s”, without those who are called (%(count)s at most)") % places
        return _("segment “%(segment)s”") % places

    def _campaign(self, definition: dict[str, Any]) -> Campaign | None:
        rows = Campaign.objects.select_related("segment", "wave__segment", "letter")
        return rows.filter(pk=definition["campaign"]).first()


@receives(FactsRefreshed, name="outreach.learn_after_count", only_last=True)
def learn_after_count(_fact: FactsRefreshed, at: datetime) -> None:
    """What was bought since, or a margin that was entered, may say something else."""
    jobs.enqueue(LEARN_JOB, at=at, unique_key=f"{LEARN_JOB}:{at.isoformat()}")


@receives(VerdictReached, name="outreach.learn_after_look")
def learn_after_look(fact: VerdictReached, at: datetime) -> None:
    """A look at a lot was taken, which the count before it may have missed."""
    jobs.enqueue(LEARN_JOB, at=at, unique_key=f"{LEARN_JOB}:{fact.trial_id}:{fact.look}")


audiences.register(CAMPAIGN_AUDIENCE, InOneCampaign())
audiences.register(WOULD_HELP, WhoWouldHelp())
