"""Files as they were handed over: kept under generated names, outside of what is served."""

import hashlib
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from regulars.core.errors import Refusal

PIECE = 1 << 20


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


def forget_files(import_id: int) -> None:
    shutil.rmtree(folder_of(import_id), ignore_errors=True)
