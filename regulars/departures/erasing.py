"""Erasing why a customer left."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.departures.models import Departure


def erase(erasing: Erasing) -> None:
    erase_rows(Departure, erasing)


register_eraser("departures", (Departure,), erase)
