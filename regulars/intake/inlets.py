"""From where files come in by themselves: looking, fetching, putting aside."""

import hashlib
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from regulars.core.errors import Refusal
from regulars.core.fetching import Fetched, Terms, fetch, told_by
from regulars.intake.models import Inlet

# A file that has not changed for so long is whole.
REST_SECONDS = 60
# Bytes, as folders count them.
LONGEST_NAME = 255
TAKEN, NOT_TAKEN = "taken", "not taken"
WANTED = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".vcf", ".gz")


def folder_of(inlet: Inlet) -> Path:
    """The watched folder, made where it is missing; never outside of the folder for incoming."""
    home = Path(settings.INBOX).resolve()
    folder = (home / inlet.place).resolve()
    if folder != home and home not in folder.parents:
        raise Refusal(
            _("The folder lies outside of the one for incoming files."),
            _("Name a folder in it, such as “till”."),
        )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def files_at_rest(inlet: Inlet, *, at: datetime) -> tuple[list[Path], dict[str, list[int]]]:
    """Files that are whole, and what was seen of the others; a file that still grows is left."""
    whole, seen = [], {}
    for path in sorted(folder_of(inlet).iterdir()):
        if path.is_symlink() or not path.is_file() or path.suffix.lower() not in WANTED:
            continue
        found = path.stat()
        now = [found.st_size, found.st_mtime_ns]
        rests = at.timestamp() - found.st_mtime >= REST_SECONDS
        if rests and inlet.seen.get(path.name) == now:
            whole.append(path)
        else:
            seen[path.name] = now
    return whole, seen


def put_aside(path: Path, where: str, *, at: datetime) -> None:
    """Move a file that was dealt with out of the way, under a name that nothing has yet."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    free = (folder / _fitting(f"{at:%Y-%m-%d %H%M%S}{nth}", path) for nth in ("", *range(2, 1000)))
    path.rename(next(one for one in free if not one.exists()))


def _fitting(when: str, path: Path) -> str:
    """The name with its moment before it, cut where no folder would take it."""
    ending = path.suffix[:20]
    room = LONGEST_NAME - len(f"{when} {ending}".encode())
    stem = os.fsencode(path.name.removesuffix(ending))[:room].decode("utf-8", "ignore")
    return f"{when} {stem}{ending}"


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fetch_inlet(inlet: Inlet) -> Fetched:
    """Get what stands at an https address, unless it is what came last."""
    terms = Terms(settings.MAX_UPLOAD_BYTES, allows_private=inlet.allows_private, etag=inlet.etag)
    told_by(inlet.place)
    return fetch(inlet.place, terms)
