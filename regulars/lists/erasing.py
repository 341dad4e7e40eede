"""Erasing in which segments a customer was, and which questions they fitted."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.lists.models import AnswerMember, SegmentMember


def erase(erasing: Erasing) -> None:
    """Every stay, and every answer with them in it."""
    erase_rows(SegmentMember, erasing)
    erase_rows(AnswerMember, erasing)


register_eraser("lists", (SegmentMember, AnswerMember), erase)
