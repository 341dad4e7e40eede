"""Files that are refused whole, and small limits at which they are."""

import codecs
import gzip
from dataclasses import dataclass

import pytest

from regulars.intake import containers, looking
from tests.factories.intake import make_workbook, zipped

HEADING = "Receipt,Date,Customer ID,Total\n"
# More than what is looked at first, so that only reading all of the file finds what follows.
ROWS = HEADING + "".join(f"{n},2026-11-02,{n},{n}.00\n" for n in range(1, 101))
FIRST_BYTES, RATIO_COUNTS_FROM = 1 << 10, 1 << 16
ZEROS = "0" * (1 << 21)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
UTF_8 = "Save it again as CSV in UTF-8"
EXPORT = "Export it again and check that it has rows."
AS_LIST = "Save the list as CSV or XLSX and bring in that file."


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file of orders that is refused: what it holds, and what is said. `is_late`: not at once."""

    what: str
    content: bytes
    sentence: str
    remedy: str
    is_late: bool = False
    name: str = "till.csv"

    def __str__(self) -> str:
        return self.what


BAD_FILES = [
    BadFile("PDF", b"%PDF-1.7 \n", "of the type PDF", AS_LIST, name="till.pdf"),
    BadFile("Word", zipped({"word/document.xml": "<w/>"}), "of the type Word", AS_LIST),
    BadFile("old Excel", OLE, "an old kind of Excel or Word", "save it as XLSX or CSV",
            name="till.xls"),
    BadFile("empty", b"", "The file is empty.", EXPORT),
    BadFile("blank", b"\n \r\n,,\n", "The file has no rows.", EXPORT),
    BadFile("heading alone", HEADING.encode(), "has a heading and no rows below it", EXPORT),
    BadFile("encrypted workbook", OLE + containers.ENCRYPTED, "is locked with a password",
            "take the password away", name="till.xlsx"),
    BadFile("workbook without rows", make_workbook([]), "The workbook has no rows.", EXPORT,
            name="till.xlsx"),
    BadFile("damaged workbook", make_workbook([["Date"], ["x"]])[:-40], "workbook is damaged",
            "Open it in Excel, save it again", name="till.xlsx"),
    BadFile("huge workbook", zipped({"xl/workbook.xml": "<w/>", "xl/worksheets/a.xml": ZEROS}),
            "what is packed in it is huge", "Save it unpacked, as CSV", name="till.xlsx"),
    BadFile("huge when unpacked", gzip.compress((ROWS + ZEROS).encode(), mtime=0),
            "what is packed in it is huge", "Save it unpacked, as CSV", True, "till.csv.gz"),
    BadFile("damaged when unpacked", gzip.compress(ROWS.encode(), 0, mtime=0)[:-100],
            "The packed file is damaged.", "Copy it again", True, "till.csv.gz"),
    BadFile("no text", bytes(range(1, 32)) * 40, "The letters in this file cannot be read.", UTF_8),
    BadFile("no text further down", codecs.BOM_UTF8 + ROWS.encode() + b"1,2026-11-02,\xff,5\n",
            "The letters in this file cannot be read.", UTF_8, True),
    BadFile("no text further down, wide", codecs.BOM_UTF16_LE + ROWS.encode("utf-16-le") + b"\0",
            "The letters in this file cannot be read.", UTF_8, True),
    BadFile("open quote", (HEADING + '1,2026-11-02,"7,5\n2,2026-11-02,8,5\n').encode(),
            "opened in row 2 and never closed", "save it again as CSV"),
    BadFile("open quote further down", (ROWS + '101,2026-11-02,"7,5\n102,2026-11-02,8,5').encode(),
            "opened in row 102 and never closed", "save it again as CSV", True),
    BadFile("no date", b"Receipt,Customer ID,Total\n1,7,5.00\n",
            "No column says when something was bought.", "Choose the column", True),
    BadFile("nobody", b"Date,Total\n2026-11-02,5.00\n",
            "No column holds the number of the order or of the customer.", "Choose the column",
            True),
]  # fmt: skip


def make_limits_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of real files would make slow tests; `test_reading` keeps to them."""
    monkeypatch.setattr(looking, "FIRST_BYTES", FIRST_BYTES)
    monkeypatch.setattr(containers, "RATIO_COUNTS_FROM", RATIO_COUNTS_FROM)
