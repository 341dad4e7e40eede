"""Erasing what a customer said, and that we asked them."""

from regulars.care.models import CheckIn, Expectation
from regulars.core.erasers import Erasing, erase_rows, register_eraser


def erase(erasing: Erasing) -> None:
    erase_rows(Expectation, erasing)
    erase_rows(CheckIn, erasing)


register_eraser("care", (Expectation, CheckIn), erase)
