"""Whom a campaign has called, once two customers turn out to be one."""

from regulars.core.movers import Reparent, register_mover
from regulars.outreach.models import CampaignCall

register_mover(Reparent(CampaignCall, same=("campaign_id",)))
