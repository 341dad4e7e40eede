"""Whom a campaign has called, and who would help, once two customers turn out to be one."""

from regulars.core.movers import Reparent, register_mover
from regulars.outreach.models import CampaignCall, HelpOffered

register_mover(Reparent(CampaignCall, same=("campaign_id",)))
register_mover(Reparent(HelpOffered, same=("link",)))
