"""Erasing in which segments a customer was."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.lists.models import SegmentMember


def erase(erasing: Erasing) -> None:
    """Every stay."""
    erase_rows(SegmentMember, erasing)


register_eraser("lists", (SegmentMember,), erase)
