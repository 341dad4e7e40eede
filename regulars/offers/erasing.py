"""Erasing what was offered to a customer; that an offer was used stays, and counts."""

from regulars.core.erasers import Erasing, erase_rows, let_stay, register_eraser
from regulars.offers.models import Chosen, Code, Redemption


def erase(erasing: Erasing) -> None:
    """Their codes hold no longer."""
    erase_rows(Code, erasing)
    erase_rows(Chosen, erasing)


register_eraser("offers", (Chosen, Code), erase)
let_stay(Redemption, "The books have to keep what was given; the customer behind it has no name.")
