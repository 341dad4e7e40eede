"""The sheets of a workbook (XLSX, XLS, ODS) as rows of texts that the readers of values know."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from regulars.core.errors import Refusal


@dataclass(frozen=True, slots=True)
class Sheets:
    """The sheets that show rows, in the order of the workbook, and which of them holds a list."""

    names: list[str]
    likeliest: str


def sheets_of(path: Path) -> Sheets:
    """The sheets of a workbook; refuses one without any rows."""
    with _opened(path) as book:
        seen = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible
        ]
        sheets = [sheet for name in seen if (sheet := book.get_sheet_by_name(name)).height]
    if not sheets:
        raise Refusal(
            _("The workbook has no rows."), _("Export it again and check that it has rows.")
        )
    # What is written before a list, such as whose it is, is a line or a column of words.
    likeliest = min(sheets, key=lambda one: (one.height < 2, one.width < 2))
    return Sheets([one.name for one in sheets], likeliest.name)


def workbook_rows(path: Path, sheet: str = "") -> Iterator[list[str]]:
    """Rows of a sheet, or of the one that holds a list, beginning with the sheet's own row 1."""
    with _opened(path) as book:
        found = book.get_sheet_by_name(sheet or sheets_of(path).likeliest)
        first = found.start[0] if found.start else 0
        return _rows(found, first)


@contextmanager
def _opened(path: Path) -> Iterator[CalamineWorkbook]:
    try:
        yield CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError, ValueError) as error:
        raise Refusal(
            _("The workbook cannot be opened."),
            _("Open it in a spreadsheet, save it again as XLSX, and bring in that file."),
        ) from error


def _rows(sheet: Any, first: int) -> Iterator[list[str]]:
    for _blank in range(first):
        yield []
    for cells in sheet.iter_rows():
        yield [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    match cell:
        case str():
            return cell.replace("\0", "")
        case bool():
            return "yes" if cell else "no"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell)
