"""Whom mailings of campaigns mean."""

from typing import Any

from django.utils.translation import gettext as _

from regulars.core import clock
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.messaging.audiences import audiences
from regulars.outreach.choices import CAMPAIGN_AUDIENCE
from regulars.outreach.models import Campaign
from regulars.outreach.queries.people import written_to


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
            return _("“%(segment)s”, without the %(count)s who are called") % places
        return _("segment “%(segment)s”") % places

    def _campaign(self, definition: dict[str, Any]) -> Campaign | None:
        rows = Campaign.objects.select_related("segment", "wave__segment", "letter")
        return rows.filter(pk=definition["campaign"]).first()


audiences.register(CAMPAIGN_AUDIENCE, InOneCampaign())
