"""The tables of outreach that an operation may touch."""

from regulars.core.operations import register_table
from regulars.outreach.models import CampaignCall, HelpOffered

register_table(CampaignCall)
register_table(HelpOffered)
