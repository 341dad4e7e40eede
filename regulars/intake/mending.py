"""Rows that were not taken, put right by hand: shown cell by cell, and read again as a file."""

import csv
import io
import tempfile
from collections.abc import Mapping, Sequence
from typing import IO, Any

from regulars.intake.looking import role_of, table_of
from regulars.intake.models import ImportFile, UntakenRow
from regulars.intake.seeing import WHOLE, Sight
from regulars.intake.slips import Fit, fit_of, has_surplus, mended
from regulars.intake.survey import rows_below

HELD_IN_MEMORY = 1 << 20


class Mender:
    """The rows of one file as somebody finds them for mending."""

    def __init__(self, file: ImportFile, sight: Sight = WHOLE) -> None:
        self.file = file
        self.sight = sight
        self.names: list[str] = file.reading["names"]
        self.width = int(file.reading.get("heading_width", 0))
        self._fit: Fit | None = None
        self._sign = ""

    def cells_of(self, row: UntakenRow) -> list[str]:
        """As many cells as there are columns; slipped ones put together as far as that is clear."""
        cells = list(row.cells)
        if self.width and has_surplus(cells, self.width):
            fit = self._known()
            place = fit.place_of(cells, self._sign)
            if place is not None:
                cells = mended(cells, place, self.width, self._sign)
        return [*cells, *[""] * (len(self.names) - len(cells))][: len(self.names)]

    def shown(self, row: UntakenRow) -> list[tuple[int, str]]:
        """The columns that were chosen, by their place; where none was, all of them.

        Whoever may not see a column does not change it; nor a row in which it may have slipped.
        """
        if not self.sight.shows_row(row.cells):
            return []
        used = set(self.file.mapping.values())
        return [
            (at, name) for at, name in enumerate(self.names)
            if (name in used or not used) and name not in self.sight.hidden
        ]  # fmt: skip

    def content(self, rows: Sequence[Sequence[str]]) -> bytes:
        held = io.StringIO(newline="")
        csv.writer(held).writerows([self.names, *rows])
        return held.getvalue().encode()

    def _known(self) -> Fit:
        if self._fit is None:
            table = table_of(self.file)
            self._sign = table.parting.sign if table.parting else ""
            self._fit = fit_of(rows_below(table, has_heading=True), self.width)
        return self._fit


def put_right(file: ImportFile, cells: Mapping[int, Sequence[str]]) -> IO[bytes]:
    """The whole file with some rows, by number, as somebody put them right."""
    table, names = table_of(file), file.reading["names"]
    sign = table.parting.sign if table.parting and len(table.parting.sign) == 1 else ","
    # Whoever stores it closes it; a file of any length is held on the disk.
    held = tempfile.SpooledTemporaryFile(max_size=HELD_IN_MEMORY)  # noqa: SIM115
    text = io.TextIOWrapper(held, encoding="utf-8", newline="")
    writer = csv.writer(text, delimiter=sign)
    writer.writerow(names)
    for number, row in rows_below(table, has_heading=file.reading["has_heading"]):
        writer.writerow(cells.get(number, row))
    text.flush()
    text.detach()
    held.seek(0)
    return held


def labels_of(file: ImportFile) -> Mapping[str, Any]:
    """Column to what it was taken for."""
    fields = {field.name: field.label for field in role_of(file).fields}
    return {column: fields.get(name.partition("#")[0], "") for name, column in file.mapping.items()}


def as_read(file: ImportFile) -> dict[str, Any]:
    """How the whole file was read, which a few of its rows could not tell again."""
    reading: dict[str, Any] = file.reading
    return {
        "styles": reading.get("styles", {}),
        "has_serials": reading.get("has_serials", False),
        "currency": reading.get("currency", ""),
    }
