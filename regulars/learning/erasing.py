"""Erasing what was read of a customer, and words of theirs that somebody made a theme of."""

from regulars.core.erasers import Erasing, erase_rows, look_through, register_eraser
from regulars.learning.models import Improvement, Reading, Theme


def erase(erasing: Erasing) -> None:
    """Where each theme stood in their words goes with the words."""
    erase_rows(Reading, erasing)


register_eraser("learning", (Reading,), erase)
look_through(Theme, "name", "bad", "good", "plain", "before")
look_through(Improvement, "action", "before")
