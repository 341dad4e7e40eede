"""Erasing what was written to a customer by hand."""

from regulars.core.erasers import Erasing, erase_rows, register_eraser
from regulars.notes.models import Note


def erase(erasing: Erasing) -> None:
    erase_rows(Note, erasing)


register_eraser("notes", (Note,), erase)
