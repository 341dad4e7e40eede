"""Cells that a spreadsheet would take for a formula: marked on the way out, unmarked coming in."""

import re

# An apostrophe before one of these is marked as well, or else coming back could not tell it from
# a mark of ours. The wide signs are read as formulas by spreadsheets set to East Asian languages.
RISKY = re.compile(r"'*[=+\-@\t\r\0＝＋－＠]")
MARKED = re.compile(r"''*[=+\-@\t\r\0＝＋－＠]")
NUMBER_ABROAD = re.compile(r"\+[0-9][0-9 ()./\-]*\Z")


def marked(text: str) -> str:
    """The text as a cell that no spreadsheet carries out."""
    return f"'{text}" if RISKY.match(text) else text


def marked_phone(text: str) -> str:
    """The same for a telephone number: +44 20 7946 0321 stays as it is written."""
    return text if NUMBER_ABROAD.match(text) else marked(text)


def unmarked(text: str) -> str:
    """What stood in a cell before it was marked."""
    return text[1:] if MARKED.match(text) else text
