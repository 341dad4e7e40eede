"""How large the sheets of a workbook are when they are laid out, cell beside cell.

What reads them makes room for every place up to the last cell, so a single cell in the last corner
of a tiny file would ask for more memory than any machine has.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError, iterparse

from django.utils.translation import gettext as _

from regulars.core.errors import Refusal

PIECE = 1 << 20
MOST_PLACES = 60_000_000
# A sheet may have gaps; one that is nothing but gaps is no list.
SPARSE_FROM, MOST_GAPS = 2_000_000, 50
PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
LONGEST_PLACE = 32
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def refuse_endless_sheet(stream: BinaryIO) -> None:
    """Refuse a sheet of an XLSX workbook whose cells lie too far apart."""
    filled = width = height = 0
    for column, row in _places(stream):
        filled += 1
        width, height = max(width, _number_of(column)), max(height, int(row))
    _refuse_vast(width * height, filled)


def _places(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    left = b""
    while piece := stream.read(PIECE):
        text = left + piece
        end = 0
        for found in PLACE.finditer(text):
            end = found.end()
            yield found[1], found[2]
        left = text[max(end, len(text) - LONGEST_PLACE) :]


def _number_of(column: bytes) -> int:
    number = 0
    for letter in column:
        number = 26 * number + letter - 64
    return number


def refuse_endless_document(stream: BinaryIO) -> None:
    """Refuse an ODS workbook that repeats cells without end, or is no XML."""
    filled = width = height = rows = 0
    try:
        # Expat itself stops entities that swell (since 2.4.1), and loads none from elsewhere.
        for _event, part in iterparse(stream, events=("end",)):  # noqa: S314
            if part.tag == f"{TABLE}table-row":
                times = int(part.get(f"{TABLE}number-rows-repeated", "1"))
                wide, full = _row_of(part)
                rows += times
                if full:
                    filled, width, height = filled + full * times, max(width, wide), rows
                part.clear()
            elif part.tag == f"{TABLE}table":
                _refuse_vast(width * height, filled)
                width = height = rows = filled = 0
                part.clear()
    except (ParseError, ValueError) as error:
        raise Refusal(
            _("The workbook is damaged."),
            _("Open it in a spreadsheet, save it again, and bring it in."),
        ) from error


def _row_of(row: Element) -> tuple[int, int]:
    """Up to which column a row reaches, and how many of its cells are filled."""
    at = wide = full = 0
    for cell in row:
        times = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        at += times
        if cell.get(f"{OFFICE}value-type"):
            wide, full = at, full + times
    return wide, full


def _refuse_vast(places: int, filled: int) -> None:
    is_sparse = places > SPARSE_FROM and places > MOST_GAPS * max(filled, 1)
    if is_sparse or places > MOST_PLACES:
        raise Refusal(
            _("The file is small, but its sheet is huge: its cells lie very far apart."),
            _("Copy the rows into a new sheet, save it as CSV, and bring in that file."),
        )
