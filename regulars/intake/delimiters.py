"""How the cells of a text file are parted: by a sign, or by the spaces that align them."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

SIGNS = (",", ";", "\t", "|")
HINT = re.compile(r"^\s*\"?sep=(.)\"?\s*$", re.IGNORECASE)
SAMPLE_RECORDS = 200
# A cell may hold a long note, never the rest of the file behind a quote that was left open.
csv.field_size_limit(4 << 20)


@dataclass(frozen=True, slots=True)
class Parting:
    """`sign` is empty for columns aligned by spaces; `hint` is the file's own `sep=` line.

    Of a file's mere beginning the last cell may be cut.
    """

    sign: str
    skips_space: bool = False
    hint: bool = False
    is_beginning: bool = False

    def records(self, lines: Iterable[str]) -> Iterator[list[str]]:
        if not self.sign:
            return (line.split() for line in lines)
        return self._quoted(lines)

    def _quoted(self, lines: Iterable[str]) -> Iterator[list[str]]:
        ended: list[bool] = []
        told = chain(lines, _noting_the_end(ended))
        for record in csv.reader(told, delimiter=self.sign, skipinitialspace=self.skips_space):
            # Its own line would have ended this record, had a quotation mark not been open.
            if ended and not self.is_beginning:
                raise csv.Error("the file ends inside of a cell")
            yield record


def _noting_the_end(ended: list[bool]) -> Iterator[str]:
    """No line; asked for one, it notes that there was none left."""
    ended.append(True)
    yield from ()


def parting_of(lines: list[str]) -> Parting:
    """Find how the first lines of a file are parted."""
    if lines and (told := HINT.match(lines[0])):
        return Parting(told.group(1), hint=True)
    scored = [(_evenness(lines, sign), -rank, sign) for rank, sign in enumerate(SIGNS)]
    (even, width), _rank, sign = max(scored)
    if width > 1 and (even > 0.5 or not _is_aligned(lines)):
        return Parting(sign, skips_space=_has_space_behind(lines, sign))
    return Parting("") if _is_aligned(lines) else Parting(",")


def _evenness(lines: list[str], sign: str) -> tuple[float, int]:
    """The share of records that have the usual number of cells, and that number."""
    try:
        records = csv.reader(lines, delimiter=sign)
        widths = [len(record) for record in islice(records, SAMPLE_RECORDS) if record]
    except csv.Error:
        return 0.0, 1
    if not widths:
        return 0.0, 1
    counted = Counter(widths)
    width, often = max(counted.items(), key=lambda item: (item[1], item[0]))
    if width == 1 and max(widths) > 1 and widths[0] > 1:
        width, often = widths[0], counted[widths[0]]
    # A heading that is parted the same way speaks for the sign; one column speaks for none.
    agrees = 0.5 if widths[0] == width else 0.0
    return (often / len(widths) + agrees if width > 1 else 0.0), width


def _is_aligned(lines: list[str]) -> bool:
    filled = [line for line in lines if line.strip()][:SAMPLE_RECORDS]
    if len(filled) < 2:
        return False
    width, often = Counter(len(line.split()) for line in filled).most_common(1)[0]
    spaced = sum(bool(re.search(r"^ +\S|\S {2,}\S", line)) for line in filled)
    return width > 1 and often >= 0.9 * len(filled) and spaced >= 0.5 * len(filled)


def _has_space_behind(lines: list[str], sign: str) -> bool:
    found = [part for line in lines[:50] for part in line.rstrip("\r\n").split(sign)[1:]]
    # A quotation mark behind a space opens a cell only where spaces are skipped.
    opens = re.compile(re.escape(sign) + r' +"[^"]')
    return any(opens.search(line) for line in lines[:50]) or (
        bool(found) and all(part.startswith(" ") or not part for part in found)
    )
