"""Files that everybody may read: written whole or not at all, and served without the application.

They lie below the instance's folder; the web server hands them out by itself under `/public/`, so
that they can be read while the database is away and nothing of ours runs but the server.
"""

import os
import re
import tempfile
from pathlib import Path

from django.conf import settings

ROUTE = "/public"
# What a browser may keep it for: a correction is on every screen a minute later.
KEPT_SECONDS = 60
# The ending decides what the server says the file is, so only these are given away.
KINDS = {"page": ".html", "feed": ".xml", "look": ".css"}
_PART = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")


def public_folder() -> Path:
    """Where they lie; made where it is not there yet, because the server wants it at its start."""
    folder: Path = settings.HOME / "public"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    return folder


def publish_file(path: str, content: bytes, *, kind: str) -> bool:
    """Put a file where everybody may read it; says whether anything changed.

    A reader sees the one before or this one, never half of it: it is written beside and renamed.
    """
    place = _place(path, kind)
    if place.is_file() and place.read_bytes() == content:
        return False
    place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=place.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)  # noqa: PTH101 - another account may be the web server's
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _settle(place.parent)
    return True


def withdraw_file(path: str, *, kind: str) -> bool:
    """Take a file away from where everybody could read it; says whether it was there."""
    place = _place(path, kind)
    if not place.is_file():
        return False
    place.unlink()
    _settle(place.parent)
    return True


def published_files(folder: str, *, kind: str) -> set[str]:
    """The paths of all that lies in a folder, as they were published."""
    place = public_folder() / folder
    found = place.glob(f"*{KINDS[kind]}") if place.is_dir() else []
    return {f"{folder}/{file.name.removesuffix(KINDS[kind])}" for file in found}


def _place(path: str, kind: str) -> Path:
    parts = path.split("/")
    if not all(_PART.fullmatch(part) for part in parts):
        raise ValueError(f"{path!r} is no path of a public file")
    return public_folder().joinpath(*parts[:-1], parts[-1] + KINDS[kind])


def _settle(folder: Path) -> None:
    """Let the new name outlast a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
