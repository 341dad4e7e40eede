"""Erasing what a customer asked us for."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.helping.models import HelpRequest


def erase(erasing: Erasing) -> None:
    erase_rows(HelpRequest, erasing)


register_eraser("helping", (HelpRequest,), erase)
