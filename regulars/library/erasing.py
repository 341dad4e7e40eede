"""Erasing what the library holds of a customer: what they had, what they said of us."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.library.models import Fit, Proof, Share


def erase(erasing: Erasing) -> None:
    """Their words go as a proof too: whoever is forgotten vouches for nothing."""
    for model in (Fit, Share, Proof):
        erase_rows(model, erasing)


register_eraser("library", (Fit, Share, Proof), erase)
