"""The rows of an Excel workbook as texts, in the shape that the readers of values know."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from regulars.core.errors import Refusal


def workbook_rows(path: Path) -> Iterator[list[str]]:
    """Rows of the first sheet that shows any, beginning with the sheet's own row 1."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible
        ]
        for name in names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height:
                first = sheet.start[0] if sheet.start else 0
                return _rows(sheet, first)
    except (CalamineError, OSError, ValueError) as error:
        raise Refusal(
            _("The workbook cannot be opened."),
            _("Open it in Excel, save it again as XLSX, and bring in that file."),
        ) from error
    raise Refusal(_("The workbook has no rows."), _("Export it again and check that it has rows."))


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
