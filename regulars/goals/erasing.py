"""Erasing what goals hold of a customer."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.goals.models import GoalCall


def erase(erasing: Erasing) -> None:
    """Nobody is to call them for a goal any more."""
    erase_rows(GoalCall, erasing)


register_eraser("goals", (GoalCall,), erase)
