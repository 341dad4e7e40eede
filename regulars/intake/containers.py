"""What the bytes of a file are, whatever it is called, and how large it is when unpacked."""

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, cast

from django.utils.translation import gettext as _

from regulars.core.errors import Refusal
from regulars.intake.sheet_sizes import refuse_endless_document, refuse_endless_sheet

Container = Literal["text", "xlsx", "xls", "ods", "vcard"]

PIECE = 1 << 20
# RELIABILITY U1; a text of few repeated lines may shrink more, so small ones are let through.
MOST_RATIO = 100
RATIO_COUNTS_FROM = 32 * PIECE
MOST_UNPACKED = 8 << 30
MOST_UNPACKED_WORKBOOK = 1 << 30
MOST_ENTRIES = 1000

GZIP, ZIP, OLE = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OTHERS = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"SQLite format 3": "SQLite",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"BZh": "bzip2",
    b"PAR1": "Parquet",
    b"\xfd7zXZ": "XZ",
    b"(\xb5/\xfd": "Zstandard",
    b"\x7fELF": "program",
}

# What a ZIP file is that holds a file of this name.
PACKED = {"word/document.xml": "Word", "ppt/presentation.xml": "PowerPoint",
          "META-INF/manifest.xml": "OpenDocument"}  # fmt: skip
SHEETS_OF_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
# How the older kinds of Excel call their part of an OLE file.
OLD_WORKBOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
CARD = re.compile(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*BEGIN:VCARD\s", re.IGNORECASE)


def unpack(path: Path, folder: Path) -> Path:
    """The file itself, or for a gzip file its content beside it, checked for size on the way."""
    with path.open("rb") as packed:
        if packed.read(2) != GZIP:
            return path
    plain = folder / f"{path.name}.unpacked"
    if not plain.exists():
        _unpack_gzip(path, plain)
    return plain


def _unpack_gzip(path: Path, plain: Path) -> None:
    size, packed_size = 0, path.stat().st_size
    partly = plain.with_suffix(".part")
    try:
        with gzip.open(path) as packed, partly.open("wb") as out:
            for piece in _pieces(cast(BinaryIO, packed)):
                size += len(piece)
                _refuse_huge(size, packed_size, MOST_UNPACKED)
                out.write(piece)
        partly.replace(plain)
    except (OSError, EOFError, zlib.error) as error:
        raise Refusal(
            _("The packed file is damaged."), _("Copy it again from where it came from.")
        ) from error
    finally:
        partly.unlink(missing_ok=True)


def beginning_of(path: Path, folder: Path, size: int) -> Path:
    """The file itself where it is short or a workbook, else a copy of its first whole lines."""
    with path.open("rb") as plain:
        magic = plain.read(4)
    if magic.startswith(ZIP) or (path.stat().st_size <= size and not magic.startswith(GZIP)):
        return path
    try:
        with gzip.open(path) if magic.startswith(GZIP) else path.open("rb") as opened:
            start = cast(BinaryIO, opened).read(size)
    except (OSError, EOFError, zlib.error):
        # What is damaged is said by whoever reads all of it.
        return path
    if start.startswith(ZIP):
        return path
    head = folder / f"{path.name}.head"
    # A cut letter would make the text undecodable; two bytes a letter are never cut at 2^n.
    whole = len(start) < size or b"\0" in start[:64]
    head.write_bytes(start if whole else start[: start.rfind(b"\n") + 1 or size])
    return head


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece


def _refuse_huge(size: int, packed_size: int, most: int) -> None:
    too_dense = size > RATIO_COUNTS_FROM and size > MOST_RATIO * packed_size
    if too_dense or size > most:
        raise Refusal(
            _("The file is small, but what is packed in it is huge."),
            _("Save it unpacked, as CSV, and bring in parts of at most 500 MB."),
        )


def container_of(path: Path) -> Container:
    """Whether an unpacked file is text, cards or a workbook; refuses everything else."""
    with path.open("rb") as file:
        start = file.read(512)
    if not start:
        raise Refusal(_("The file is empty."), _("Export it again and check that it has rows."))
    if start.startswith(ZIP):
        return "ods" if _check_workbook(path) else "xlsx"
    if start.startswith(OLE):
        _check_old_workbook(path)
        return "xls"
    for magic, name in OTHERS.items():
        if start.startswith(magic):
            raise _unknown_type(name)
    # Two bytes a letter become one, which is enough to know the first word.
    return "vcard" if CARD.match(start.replace(b"\0", b"")) else "text"


def _unknown_type(name: str) -> Refusal:
    return Refusal(
        _("This is a file of the type %(type)s, which holds no rows that can be read.")
        % {"type": name},
        _("Save the list as CSV or XLSX and bring in that file."),
    )


def _check_old_workbook(path: Path) -> None:
    has_sheets = False
    with path.open("rb") as file:
        overlap = b""
        for piece in _pieces(file):
            if ENCRYPTED in overlap + piece:
                raise Refusal(
                    _("The workbook is locked with a password."),
                    _("Open it in Excel, take the password away, save it, and bring it in again."),
                )
            has_sheets = has_sheets or any(name in overlap + piece for name in OLD_WORKBOOKS)
            overlap = piece[-len(ENCRYPTED) :]
    if not has_sheets:
        raise Refusal(
            _("This is a file of an old kind of Excel or Word, without sheets that can be read."),
            _("Open it, save it as XLSX or CSV, and bring in that file."),
        )


def _check_workbook(path: Path) -> bool:
    """Refuse what is no workbook, or a dangerous one; returns whether it is an ODS."""
    try:
        with zipfile.ZipFile(path) as packed:
            return _check_entries(path, packed, packed.infolist())
    # zipfile raises RuntimeError for a locked entry, and a kind of it for an unknown packing.
    except (zipfile.BadZipFile, EOFError, zlib.error, RuntimeError) as error:
        raise Refusal(
            _("The workbook is damaged."), _("Open it in Excel, save it again, and bring it in.")
        ) from error


def _check_entries(path: Path, packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> bool:
    names = {entry.filename for entry in entries}
    is_ods = "content.xml" in names and _kind_of(packed, names) == SHEETS_OF_ODS
    if not is_ods and "xl/workbook.xml" not in names:
        raise _unknown_type(next((PACKED[name] for name in names if name in PACKED), "ZIP"))
    if len(entries) > MOST_ENTRIES:
        raise _unknown_type("ZIP")
    _refuse_huge_entries(path, packed, entries)
    for entry in entries:
        with packed.open(entry) as stream:
            if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                refuse_endless_sheet(cast(BinaryIO, stream))
            elif is_ods and entry.filename == "content.xml":
                refuse_endless_document(cast(BinaryIO, stream))
    return is_ods


def _kind_of(packed: zipfile.ZipFile, names: set[str]) -> bytes:
    if "mimetype" not in names:
        return b""
    with packed.open("mimetype") as told:
        return told.read(200).strip()


def _refuse_huge_entries(
    path: Path, packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo]
) -> None:
    size, packed_size = 0, path.stat().st_size
    for entry in entries:
        # Declared sizes may lie: count what really comes out.
        with packed.open(entry) as stream:
            for piece in _pieces(cast(BinaryIO, stream)):
                size += len(piece)
                _refuse_huge(size, packed_size, MOST_UNPACKED_WORKBOOK)
