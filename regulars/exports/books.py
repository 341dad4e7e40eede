"""Writing sheets into files: CSV, XLSX and Parquet, a chunk at a time."""

import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from regulars.core.formulas import marked, marked_phone
from regulars.engines.parquet import write_parquet
from regulars.exports.choices import Kind
from regulars.exports.sheets import Column, Rows, Sheet

# What Excel takes: characters in a cell, rows in a sheet, characters in its name.
LONGEST_CELL, MOST_ROWS, LONGEST_NAME = 32_767, 1_048_576, 31


def as_text(value: Any) -> str:
    """A value as a cell of text says it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def cell_of(kind: Kind) -> Callable[[Any], str]:
    """How a column's values become cells that no spreadsheet carries out."""
    if kind == Kind.TEXT:
        return lambda value: marked(as_text(value))
    if kind == Kind.PHONE:
        return lambda value: marked_phone(as_text(value))
    return as_text


def cells_of(columns: Sequence[Column], rows: Rows) -> Iterator[list[str]]:
    makers = [cell_of(column.kind) for column in columns]
    for row in rows:
        yield [make(value) for make, value in zip(makers, row, strict=True)]


def write_csv(path: Path, sheet: Sheet, seen: Callable[[int], None]) -> None:
    """One sheet; the mark in front tells Excel that it is UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([marked(column.heading) for column in sheet.columns])
        for rows in sheet.chunks:
            writer.writerows(cells_of(sheet.columns, rows))
            seen(len(rows))


def write_columns(path: Path, sheet: Sheet, seen: Callable[[int], None]) -> None:
    """One sheet as Parquet."""
    kinds = [(column.heading, column.kind.value) for column in sheet.columns]
    write_parquet(path, kinds, _counted(sheet.chunks, seen))


def _counted(chunks: Iterable[Rows], seen: Callable[[int], None]) -> Iterator[Rows]:
    for rows in chunks:
        yield rows
        seen(len(rows))


def write_folder(
    path: Path, sheets: Iterable[Sheet], write_one: Callable[..., None], ending: str,
    seen: Callable[[int], None],
) -> None:  # fmt: skip
    """Several sheets, each as a file of its own, packed into one."""
    loose = path.with_suffix(".part")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as box:
        for sheet in sheets:
            write_one(loose, sheet, seen)
            box.write(loose, f"{sheet.name}.{ending}")
    loose.unlink(missing_ok=True)


class Workbook:
    """An XLSX whose rows go to the disk as they come."""

    def __init__(self, path: Path) -> None:
        # Imported where it is used: the web process never writes a workbook.
        from xlsxwriter import Workbook as Written

        options = {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "tmpdir": str(path.parent), "default_date_format":
            "yyyy-mm-dd", "remove_timezone": True,
        }  # fmt: skip
        self._book = Written(str(path), options)
        self._bold = self._book.add_format({"bold": True})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.cut_count = 0

    def write(self, sheet: Sheet, seen: Callable[[int], None]) -> None:
        page, line, part = self._page(sheet, 1), 1, 1
        for rows in sheet.chunks:
            for row in rows:
                if line == MOST_ROWS:
                    part, line = part + 1, 1
                    page = self._page(sheet, part)
                for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                    self._write(page, line, at, column.kind, value)
                line += 1
            seen(len(rows))

    def _page(self, sheet: Sheet, part: int) -> Any:
        more = f" {part}" if part > 1 else ""
        page = self._book.add_worksheet(sheet.name[: LONGEST_NAME - len(more)] + more)
        for at, column in enumerate(sheet.columns):
            page.write_string(0, at, marked(column.heading), self._bold)
        page.freeze_panes(1, 0)
        return page

    def _write(self, page: Any, line: int, at: int, kind: Kind, value: Any) -> None:
        if value is None or value == "":
            return
        if kind == Kind.DAY:
            page.write_datetime(line, at, value)
        elif kind == Kind.MOMENT:
            page.write_datetime(line, at, value, self._moment)
        elif kind in (Kind.COUNT, Kind.AMOUNT):
            page.write_number(line, at, value)
        else:
            page.write_string(line, at, self._short(cell_of(kind)(value)))

    def _short(self, text: str) -> str:
        if len(text) <= LONGEST_CELL:
            return text
        self.cut_count += 1
        return text[:LONGEST_CELL]

    def close(self) -> None:
        self._book.close()


def write_workbook(path: Path, sheets: Iterable[Sheet], seen: Callable[[int], None]) -> int:
    """All sheets in one workbook; returns how many cells were longer than it takes."""
    book = Workbook(path)
    try:
        for sheet in sheets:
            book.write(sheet, seen)
    finally:
        book.close()
    return book.cut_count
