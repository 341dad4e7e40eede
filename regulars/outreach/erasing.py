"""Erasing what campaigns hold of a customer."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.outreach.models import CampaignCall


def erase(erasing: Erasing) -> None:
    """Nobody is to call them for a campaign any more."""
    erase_rows(CampaignCall, erasing)


register_eraser("outreach", (CampaignCall,), erase)
