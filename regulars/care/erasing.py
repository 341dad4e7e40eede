"""Erasing what a customer said."""

from regulars.care.models import Expectation
from regulars.core.erasers import Erasing, erase_rows, register_eraser


def erase(erasing: Erasing) -> None:
    erase_rows(Expectation, erasing)


register_eraser("care", (Expectation,), erase)
