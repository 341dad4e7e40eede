"""Rows with a cell too many: which neighbours were one cell once, told by the rows that fit."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log

from regulars.intake.reading import Row

# Enough rows to know a column by; more would only cost time.
GOOD_ROWS = 2000
MOST_SURPLUS = 3
# How much likelier than the next best place the best one has to be (natural logarithm).
CLEARLY = 1.0
BLANK_BEHIND = 2.0
_NUMBER = re.compile(r"^-?\d+([.,]\d+)?$", re.ASCII)
_DATE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b", re.ASCII)
_BLANK = frozenset(("", "null", "none", "n/a", "-"))


def has_surplus(cells: Sequence[str], heading_width: int) -> bool:
    """Whether a row has more filled cells than the heading has names for."""
    return len(cells) > heading_width and any(cell.strip() for cell in cells[heading_width:])


def _look(text: str) -> str:
    """What a cell looks like: blank, a number, a date, letters, letters and digits, signs."""
    bare = text.strip()
    if bare.casefold() in _BLANK:
        return "blank"
    # A sign that parts the cells is mostly followed by a blank where it stands within a text.
    behind = "behind " if text[:1] == " " else ""
    if _NUMBER.match(bare):
        return f"{behind}number of {len(bare)}"
    if _DATE.match(bare):
        return behind + "date"
    has_digits = any(char.isdigit() for char in bare)
    has_letters = any(char.isalpha() for char in bare)
    return f"{behind}{'letters' if has_letters else ''} {'digits' if has_digits else ''}"


def _natural(cells: Sequence[str], place: int, surplus: int) -> float:
    """Within a text, the sign has a blank behind it."""
    return BLANK_BEHIND * all(cell[:1] == " " for cell in cells[place + 1 : place + 1 + surplus])


@dataclass(slots=True)
class Fit:
    """What the columns of the rows that fit look like, and which values come again and again."""

    width: int
    rows: int
    looks: list[Counter[str]]
    values: list[Counter[str]]

    def likeness(self, at: int, text: str) -> float:
        """How well a text stands in a column, as a logarithm: the nearer to nought, the better."""
        seen = log((self.looks[at][_look(text)] + 0.05) / (self.rows + 1))
        again = self.values[at][text.strip()]
        return seen + (log(1 + again) if again else 0.0)

    def place_of(self, cells: Sequence[str], sign: str) -> int | None:
        """The first of the cells that belong together, or nothing where that is not clear."""
        surplus = len(cells) - self.width
        if not 0 < surplus <= MOST_SURPLUS or not self.rows:
            return None
        scored = sorted(
            ((self._score_at(cells, at, sign), at) for at in range(self.width)), reverse=True
        )
        is_clear = len(scored) == 1 or scored[0][0] - scored[1][0] >= CLEARLY
        return scored[0][1] if is_clear else None

    def _score_at(self, cells: Sequence[str], place: int, sign: str) -> float:
        whole = mended(cells, place, self.width, sign)
        natural = _natural(cells, place, len(cells) - self.width)
        return natural + sum(self.likeness(at, cell) for at, cell in enumerate(whole))


def fit_of(rows: Iterable[Row], width: int) -> Fit:
    """Learn the columns from the first rows that have as many cells as the heading."""
    good = list(islice((cells for _number, cells in rows if len(cells) == width), GOOD_ROWS))
    columns = list(zip(*good, strict=True)) if good else [()] * width
    looks = [Counter(map(_look, column)) for column in columns]
    values = [Counter(cell.strip() for cell in column) for column in columns]
    return Fit(width, len(good), looks, values)


def mended(cells: Sequence[str], place: int, width: int, sign: str) -> list[str]:
    """The row as it was before the cell at `place` was parted."""
    end = place + len(cells) - width + 1
    return [*cells[:place], sign.join(cells[place:end]), *cells[end:]]
