"""RELIABILITY B2: files as the world writes them, as rows."""

import gzip
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from regulars.core.errors import Refusal
from regulars.intake.reading import open_table
from tests.factories.intake import make_workbook, zipped

ROWS = [(1, ["Name", "E-mail"]), (2, ["Ruth", "ruth@example.com"])]


def rows_of(folder: Path, content: bytes, name: str = "file.csv") -> list[tuple[int, list[str]]]:
    path = folder / name
    path.write_bytes(content)
    return list(open_table(path, name=name).records())


@pytest.mark.parametrize(
    "content",
    [
        b"Name,E-mail\nRuth,ruth@example.com\n",
        b"Name;E-mail\r\nRuth;ruth@example.com\r\n",
        b"Name\tE-mail\rRuth\truth@example.com\r",
        b"Name|E-mail\nRuth|ruth@example.com",
        b"sep=;\nName;E-mail\nRuth;ruth@example.com\n",
        b"\xef\xbb\xbfName,E-mail\nRuth,ruth@example.com\n",
        "Name,E-mail\nRuth,ruth@example.com\n".encode("utf-16"),
        "Name,E-mail\nRuth,ruth@example.com\n".encode("utf-16-le"),
        b"Name, E-mail\nRuth, ruth@example.com\n",
        b"Na\0me,E-mail\nRuth,ruth@exa\0mple.com\n",
        gzip.compress(b"Name,E-mail\nRuth,ruth@example.com\n", mtime=0),
        make_workbook([["Name", "E-mail"], ["Ruth", "ruth@example.com"]]),
        gzip.compress(make_workbook([["Name", "E-mail"], ["Ruth", "ruth@example.com"]]), mtime=0),
    ],
)  # fmt: skip
def test_a_file_is_read_whatever_its_letters_and_signs(tmp_path: Path, content: bytes) -> None:
    assert rows_of(tmp_path, content) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "latin-1", "utf-16-be", "cp1250"])
def test_letters_beyond_ascii_are_kept(tmp_path: Path, encoding: str) -> None:
    name = "Łukasz Żółw i Zażółć gęślą jaźń" if encoding == "cp1250" else "Jürgen Müller, Ærø"
    text = f'Name;City\n"{name}";Ort\n' * 20

    rows = rows_of(tmp_path, text.encode(encoding))

    assert rows[1] == (2, [name, "Ort"])


@pytest.mark.parametrize(
    ("before", "read"),
    [([["What this is"]], "List"), ([["One"], ["of"], ["words"]], "List"),
     ([["Name", "Email"], ["Ada", "a@b.test"]], "Before")],
    ids=["a line", "a column", "a list"],
)  # fmt: skip
def test_of_several_sheets_the_first_that_holds_a_list_is_read(
    tmp_path: Path, before: list[list[str]], read: str
) -> None:
    path = tmp_path / "book.xlsx"
    with Workbook(str(path)) as book:
        for name, rows in (("Before", before), ("List", [["Name", "Email"], ["Ruth", "r@b.test"]])):
            page = book.add_worksheet(name)
            for nth, row in enumerate(rows):
                page.write_row(nth, 0, row)

    table = open_table(path, name="book.xlsx")

    assert (table.sheets, table.sheet) == (("Before", "List"), read)


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    content = b'Name,Note\n\nRuth,"two\nlines"\n,\nAda,short\nBo,one,too many\n'

    assert rows_of(tmp_path, content) == [
        (1, ["Name", "Note"]),
        (3, ["Ruth", "two\nlines"]),
        (5, ["Ada", "short"]),
        (6, ["Bo", "one", "too many"]),
    ]


def test_columns_aligned_by_spaces_are_parted(tmp_path: Path) -> None:
    content = b" 00004 0001 19970101  2   29.33\r\n 00021 0002 19970101  3   63.34\r\n"

    assert rows_of(tmp_path, content, "CDNOW.txt") == [
        (1, ["00004", "0001", "19970101", "2", "29.33"]),
        (2, ["00021", "0002", "19970101", "3", "63.34"]),
    ]


def test_numbers_and_dates_of_a_workbook_become_texts(tmp_path: Path) -> None:
    content = make_workbook([["On", "Sum"], [45000, 12.5], [45001, 3]], date_columns=(0,))

    assert rows_of(tmp_path, content, "till.xlsx")[1:] == [
        (2, ["2023-03-15", "12.5"]),
        (3, ["2023-03-16", "3"]),
    ]


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n \r\n,,\n", "The file has no rows."),
        (b"%PDF-1.7 \n", "This is a file of the type PDF, which holds no rows that can be read."),
        (OLE, "This is a file of an old kind of Excel or Word, without sheets that can be read."),
        (
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "The workbook is locked with a password.",
        ),
        (
            zipped({"word/document.xml": "<w/>"}),
            "This is a file of the type Word, which holds no rows that can be read.",
        ),
        (
            bytes(range(1, 32)) * 40,
            "The letters in this file cannot be read.",
        ),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "The packed file is damaged."),
        (b"PK\x03\x04 nothing of a zip", "The workbook is damaged."),
    ],
)
def test_what_holds_no_rows_is_refused_with_a_remedy(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(Refusal) as refused:
        rows_of(tmp_path, content)

    assert refused.value.sentence == sentence
    assert refused.value.remedy


@pytest.mark.parametrize("kind", ["gz", "xlsx"])
def test_a_file_that_is_huge_when_unpacked_is_refused(tmp_path: Path, kind: str) -> None:
    """RELIABILITY U1: the ratio is judged by what really comes out."""
    bomb = "0" * (48 << 20)
    content = (
        gzip.compress(bomb.encode(), mtime=0)
        if kind == "gz"
        else zipped({"xl/workbook.xml": "<w/>", "xl/worksheets/sheet1.xml": bomb})
    )

    with pytest.raises(Refusal) as refused:
        rows_of(tmp_path, content)

    assert refused.value.sentence == "The file is small, but what is packed in it is huge."
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["file.csv"]


def test_a_quotation_mark_that_is_never_closed_is_refused(tmp_path: Path) -> None:
    content = b'Name,Note\nRuth,"never closed\n' + b"Ada,fine\n" * 600_000

    with pytest.raises(Refusal) as refused:
        rows_of(tmp_path, content)

    assert refused.value.sentence.startswith("A quotation mark in this file is opened")
