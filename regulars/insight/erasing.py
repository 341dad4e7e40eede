"""Erasing what was counted about a customer."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.insight.models import CustomerFacts, TierOverride


def erase(erasing: Erasing) -> None:
    """Their facts, and a tier that somebody set with a reason."""
    for model in (CustomerFacts, TierOverride):
        erase_rows(model, erasing)


register_eraser("insight", (CustomerFacts, TierOverride), erase)
