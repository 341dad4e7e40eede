"""Erasing what was planned for a customer."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.planning.kept import NextContact, Silence
from regulars.planning.models import Cadence, FirstTouch, OfflineTouch, Pause, PlanItem

OWN = (Cadence, FirstTouch, NextContact, OfflineTouch, Pause, PlanItem, Silence)


def erase(erasing: Erasing) -> None:
    """Lines of plans with their remarks, when they were to be reached, and how often."""
    for model in OWN:
        erase_rows(model, erasing)


register_eraser("planning", OWN, erase)
