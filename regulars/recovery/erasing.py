"""Erasing that somebody was a customer when it happened."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.recovery.models import Return


def erase(erasing: Erasing) -> None:
    erase_rows(Return, erasing)


register_eraser("recovery", (Return,), erase)
