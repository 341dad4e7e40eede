"""A file as rows: numbered as a spreadsheet shows them, in even chunks, with flat memory."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from regulars.core.errors import Refusal
from regulars.intake.cards import lay_out
from regulars.intake.containers import container_of, unpack
from regulars.intake.delimiters import HINT, Parting, parting_of
from regulars.intake.encodings import Encoding, encoding_of
from regulars.intake.spreadsheets import sheets_of, workbook_rows

Row = tuple[int, list[str]]
FIRST_LINES = 400
MOST_COLUMNS = 2000


@dataclass(frozen=True, slots=True)
class TableFile:
    """An opened file: what it is, and how to go through its rows as often as needed."""

    path: Path
    name: str
    encoding: Encoding | None
    parting: Parting | None
    # The sheets to choose from, and the one that is read; a text has none.
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    # What the file was before it was laid out as a table, and what was not taken from it.
    origin: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def description(self) -> str:
        """What kind of file this is, for the report."""
        if self.origin or self.parting is None or self.encoding is None:
            return self.origin
        parted = {
            "": _("aligned by spaces"),
            ",": _("separated by commas"),
            ";": _("separated by semicolons"),
            "\t": _("separated by tabs"),
            "|": _("separated by vertical bars"),
        }.get(self.parting.sign, _("separated by “%(sign)s”") % {"sign": self.parting.sign})
        return f"{self.encoding.name.removesuffix('-sig').upper()}, {parted}"

    def records(self) -> Iterator[Row]:
        """Every record with its row number, blank ones left out; no heading is taken away."""
        number = 0
        try:
            for number, cells in enumerate(self._raw(), start=1):
                # Mostly the first cell tells, and the others need no look.
                if cells and (cells[0].strip() or any(cell.strip() for cell in cells)):
                    yield number, cells
        except csv.Error as error:
            raise Refusal(
                _("A quotation mark in this file is opened in row %(row)s and never closed.")
                % {"row": number + 1},
                _("Open the file in a spreadsheet, save it again as CSV, and bring in that file."),
            ) from error

    def _raw(self) -> Iterator[list[str]]:
        if self.parting is None or self.encoding is None:
            yield from workbook_rows(self.path, self.sheet)
            return
        with self.path.open(encoding=self.encoding.name, newline="") as text:
            yield from self.parting.records(_lines(text, self.parting, self.encoding))


def _lines(text: TextIO, parting: Parting, encoding: Encoding) -> Iterator[str]:
    # Excel hides the hint: the row below it is its row 1.
    lines: Iterator[str] = iter(text)
    if parting.hint:
        lines = (line for nth, line in enumerate(lines) if nth or not HINT.match(line))
    if encoding.has_nul:
        # PostgreSQL holds no NUL in a text.
        lines = (line.replace("\0", "") for line in lines)
    return lines


def open_table(
    path: Path,
    *,
    name: str,
    folder: Path | None = None,
    is_beginning: bool = False,
    sheet: str = "",
) -> TableFile:
    """Look at a file and say how it is read; refuses what holds no rows.

    A packed file is unpacked beside itself, or into `folder`. `is_beginning` says that only the
    first lines of the file are here. `sheet` chooses one of several; else the first with a list.
    """
    folder = folder or path.parent
    plain = unpack(path, folder)
    match container_of(plain):
        case "xlsx" | "xls" | "ods" as kind:
            return replace(_workbook(plain, name, sheet), origin=kind.upper())
        case "vcard":
            laid = lay_out(plain, folder)
            origin = f"vCard {laid.versions}"
            return replace(_text(laid.path, name), origin=origin, remarks=tuple(laid.remarks))
        case _:
            return _text(plain, name, is_beginning=is_beginning)


def _workbook(plain: Path, name: str, sheet: str) -> TableFile:
    sheets = sheets_of(plain)
    if sheet and sheet not in sheets.names:
        raise Refusal(
            _("The workbook has no sheet “%(sheet)s” with rows.") % {"sheet": sheet},
            _("Its sheets are: %(names)s.") % {"names": ", ".join(sheets.names)},
        )
    return TableFile(
        plain, name, encoding=None, parting=None, sheets=tuple(sheets.names),
        sheet=sheet or sheets.likeliest,
    )  # fmt: skip


def _text(plain: Path, name: str, *, is_beginning: bool = False) -> TableFile:
    encoding = encoding_of(plain)
    with plain.open(encoding=encoding.name, newline="") as text:
        lines = [line.replace("\0", "") for line in islice(text, FIRST_LINES)]
    if not any(line.strip('\ufeff\r\n\t ,;|"\0') for line in lines):
        raise Refusal(_("The file has no rows."), _("Export it again and check that it has rows."))
    parting = replace(parting_of(lines), is_beginning=is_beginning)
    return TableFile(plain, name, encoding=encoding, parting=parting)
