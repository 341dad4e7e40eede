"""Erasing what was offered to a customer; that an offer was used stays, and counts."""

from regulars.core.erasers import Erasing, erase_rows, let_stay, register_eraser
from regulars.offers.models import Chosen, Code, Redemption, StagedUse


def erase(erasing: Erasing) -> None:
    """Their codes hold no longer."""
    erase_rows(Code, erasing)
    erase_rows(Chosen, erasing)
    StagedUse.objects.filter(customer_id__in=erasing.customer_ids).delete()


register_eraser("offers", (Chosen, Code, StagedUse), erase)
let_stay(Redemption, "The books have to keep what was given; the customer behind it has no name.")
