"""Erasing what campaigns hold of a customer."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.outreach.models import CampaignCall, HelpOffered


def erase(erasing: Erasing) -> None:
    """Nobody is to call them for a campaign, or to thank them, any more."""
    erase_rows(CampaignCall, erasing)
    erase_rows(HelpOffered, erasing)


register_eraser("outreach", (CampaignCall, HelpOffered), erase)
