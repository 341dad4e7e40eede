"""The table of outreach that an operation may touch."""

from regulars.core.operations import register_table
from regulars.outreach.models import CampaignCall

register_table(CampaignCall)
