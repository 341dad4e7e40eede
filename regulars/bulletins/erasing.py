"""Erasing what bulletins hold of a customer: that they are to be told, and what they asked."""

from regulars.bulletins.models import Owed, Question
from regulars.core.erasers import Erasing, erase_rows, register_eraser

OWN = (Owed, Question)


def erase(erasing: Erasing) -> None:
    """The questions go with whoever asked them: their words may say who they are."""
    for model in OWN:
        erase_rows(model, erasing)


register_eraser("bulletins", OWN, erase)
