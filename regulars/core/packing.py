"""What a backup holds, packed into one sealed file and taken out of it again."""

import gzip
import io
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from regulars.core.dumps import dumps
from regulars.core.errors import Refusal
from regulars.core.faults import fault
from regulars.core.keys import kept_key
from regulars.core.sealed_file import PIECE, Opener, Sealer

FORMAT = 1
MANIFEST = "manifest.json"
# What an instance is made of besides its database. Not `instance.json`: a restored one is another
# until somebody says that it is the successor.
KEPT = ("files", "keys", "ledgers", "secret_key")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    made_at: str
    database: str
    tables: dict[str, int]
    files: int

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


def backup_key() -> bytes:
    """The key of backups: the one that was handed in, or this instance's own."""
    if not settings.BACKUP_KEY:
        return kept_key("backup")
    try:
        return bytes.fromhex(settings.BACKUP_KEY)
    except ValueError:
        raise Refusal(
            _("REGULARS_BACKUP_KEY is not a key."),
            _("It is the line of 64 letters and digits that “regulars backup --show-key” prints."),
        ) from None


def pack(dump: Path, into: Path, *, tables: dict[str, int], made_at: str) -> Manifest:
    """Seal the dump and everything that belongs to it into one file, on the disk at the end."""
    with (
        _private(into) as raw,
        Sealer(raw, backup_key()) as sealed,
        gzip.GzipFile(fileobj=sealed, mode="wb", compresslevel=1, mtime=0) as small,
        tarfile.open(fileobj=small, mode="w|") as box,
    ):
        box.add(dump, arcname=dump.name)
        fault("backup.half_packed")
        count = sum(_added(box, file, name) for file, name in _kept_files())
        manifest = Manifest(FORMAT, made_at, dumps().FILE_NAME, tables, count)
        _add_manifest(box, manifest)
    with into.open("rb") as whole:
        os.fsync(whole.fileno())
    return manifest


def unpack(file: Path, into: Path) -> Manifest:
    """Take everything out of a backup; a Refusal when it is damaged, or of another kind."""
    into.mkdir(mode=0o700)
    with (
        file.open("rb") as raw,
        Opener(raw, backup_key()) as opened,
        gzip.GzipFile(fileobj=opened, mode="rb") as small,
    ):
        with tarfile.open(fileobj=small, mode="r|") as box:
            box.extractall(into, filter="data")
        # To the very end: what was cut off is noticed in the last piece.
        while small.read(PIECE):
            pass
    manifest = Manifest(**json.loads((into / MANIFEST).read_text()))
    _refuse_other_kind(manifest)
    _make_private(into)
    found = sum(1 for name in KEPT for _file in _files_of(into / name))
    if found != manifest.files:
        raise Refusal(
            _("This backup holds %(found)s files; it should hold %(said)s.")
            % {"found": found, "said": manifest.files}
        )
    return manifest


def _refuse_other_kind(manifest: Manifest) -> None:
    if manifest.format > FORMAT:
        raise Refusal(
            _("This backup was made by a newer version of Regulars."), _("Install that version.")
        )
    if manifest.database != dumps().FILE_NAME:
        raise Refusal(
            _("This backup is of another kind of database."),
            _("Set DATABASE_URL to the kind it was made from: SQLite or PostgreSQL."),
        )


def _make_private(folder: Path) -> None:
    for name in ("files", "keys", "ledgers"):
        (folder / name).mkdir(exist_ok=True)
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def _private(file: Path) -> io.BufferedWriter:
    number = os.open(file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    return os.fdopen(number, "wb")


def _kept_files() -> Iterator[tuple[Path, str]]:
    home = Path(settings.HOME)
    for name in KEPT:
        for file in _files_of(home / name):
            yield file, str(file.relative_to(home))


def _files_of(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from (file for file in sorted(path.rglob("*")) if file.is_file())


def _added(box: tarfile.TarFile, file: Path, name: str) -> bool:
    try:
        # Read whole: what grows while it is packed would spoil the box.
        with file.open("rb") as opened:
            whole, at = opened.read(), os.fstat(opened.fileno()).st_mtime
    except FileNotFoundError:
        # Removed since it was listed, as an upload that was undone is.
        return False
    _put(box, name, whole, at)
    return True


def _add_manifest(box: tarfile.TarFile, manifest: Manifest) -> None:
    _put(box, MANIFEST, json.dumps(asdict(manifest)).encode())


def _put(box: tarfile.TarFile, name: str, whole: bytes, at: float = 0) -> None:
    entry = tarfile.TarInfo(name)
    entry.mtime = at
    entry.size, entry.mode = len(whole), 0o600
    box.addfile(entry, io.BytesIO(whole))
