"""Files as they were handed over: kept under generated names, outside of what is served."""

import hashlib
import html
import re
import secrets
import shutil
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from regulars.core.errors import Refusal

PIECE, SEAM = 1 << 20, 2048


@dataclass(frozen=True, slots=True)
class Stored:
    """A kept file: its generated name, its size and what it holds."""

    name: str
    stored_as: str
    size: int
    sha256: str


def folder_of(import_id: int) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / str(import_id)


def store(import_id: int, *, name: str, content: IO[bytes]) -> Stored:
    """Keep a file; refuses one that is larger than the instance takes."""
    folder = folder_of(import_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stored_as, digest, size = secrets.token_hex(16), hashlib.sha256(), 0
    with (folder / stored_as).open("wb") as kept:
        for piece in _pieces(content):
            size += len(piece)
            if size > settings.MAX_UPLOAD_BYTES:
                raise Refusal(
                    _("The file is larger than %(size)s MB.")
                    % {"size": settings.MAX_UPLOAD_BYTES // 1024**2},
                    _("Bring it in in parts, or raise REGULARS_MAX_UPLOAD_MB."),
                )
            digest.update(piece)
            kept.write(piece)
    return Stored(clean_name(name), stored_as, size, digest.hexdigest())


def _pieces(content: IO[bytes]) -> Iterable[bytes]:
    while piece := content.read(PIECE):
        yield piece


def clean_name(name: str) -> str:
    """A file's name for showing: no folders, no control or invisible signs."""
    plain = unicodedata.normalize("NFKC", name).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(char for char in plain if unicodedata.category(char)[0] != "C")
    return re.sub(r"\s+", " ", seen).strip()[:255] or _("file")


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for in files: words anywhere, whole cells, and two cells of one row."""

    words: Sequence[str] = ()
    cells: Sequence[str] = ()
    pairs: Sequence[tuple[str, str]] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.cells or self.pairs)


# What parts the cells of the files that we read, the marks of packed workbooks among them; every
# second byte of UTF-16 is nought.
_EDGE = rb"[,;\t|\"\r\n<>\x00]"
_ROW = rb"(?:[^\r\n]{0,400}[,;\t|\"\x00])?"


def holds_any(path: Path, sought: Sought) -> bool:
    """Whether a kept file says one of these, packed or not; what is not there says none."""
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                return _is_in_package(packed, sought)
        with path.open("rb") as plain:
            return _says(plain, [*_apart(sought), *(_beside(*pair) for pair in sought.pairs)])
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        # What cannot be opened cannot be told to be without them: the file goes.
        return path.exists()


def _is_in_package(packed: zipfile.ZipFile, sought: Sought) -> bool:
    """A workbook keeps each text once, wherever its cells are: of a pair both have to be there."""

    def holds(patterns: Sequence[bytes]) -> bool:
        return any(_says(packed.open(one), patterns) for one in packed.namelist())

    return holds(list(_apart(sought))) or any(
        all(holds([_cell(word)]) for word in pair) for pair in sought.pairs
    )


def _apart(sought: Sought) -> Iterable[bytes]:
    yield from _spelled(sought.words)
    yield from map(_cell, sought.cells)


def _cell(word: str) -> bytes:
    return rb"(?:\A|%b)(?:%b)(?:\Z|%b)" % (_EDGE, b"|".join(_spelled([word])), _EDGE)


def _beside(one: str, other: str) -> bytes:
    """Both as cells of one row, in either order."""
    first, second = (b"(?:%b)" % b"|".join(_spelled([word])) for word in (one, other))
    there = rb"%b%b%b%b(?:\Z|%b)" % (first, _EDGE, _ROW, second, _EDGE)
    back = rb"%b%b%b%b(?:\Z|%b)" % (second, _EDGE, _ROW, first, _EDGE)
    return rb"(?:\A|%b)(?:%b|%b)" % (_EDGE, there, back)


def _spelled(words: Iterable[str]) -> Iterable[bytes]:
    """A word as files write it, in the encodings that we read."""
    for word in words:
        for spelled in {word, word.upper(), html.escape(word)}:
            for encoding in ("utf-8", "cp1252", "utf-16-le", "utf-16-be"):
                with suppress(UnicodeEncodeError):
                    yield re.escape(spelled.encode(encoding))


def _says(content: IO[bytes], patterns: Sequence[bytes]) -> bool:
    if not patterns:
        return False
    sought, before = re.compile(b"|".join(patterns), re.IGNORECASE), b""
    while piece := content.read(PIECE):
        if sought.search(before + piece):
            return True
        # A word may stand on the seam.
        before = piece[-SEAM:]
    return False


def forget_files(import_id: int) -> None:
    shutil.rmtree(folder_of(import_id), ignore_errors=True)
