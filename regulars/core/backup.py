"""Backups that were restored once before they count (RELIABILITY D3)."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from regulars.core import ledgers
from regulars.core.disk import settle
from regulars.core.dumps import dumps
from regulars.core.errors import Refusal
from regulars.core.faults import fault
from regulars.core.packing import Manifest, pack, unpack
from regulars.core.presence import only_one

STAMP = "regulars-%Y%m%d-%H%M%SZ.backup"
DAILY, WEEKLY, MONTHLY = 7, 5, 12
# One before a risky step and one after it: both stay for a while.
ALL_WITHIN = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup that was made and restored again: where it is and what it holds."""

    file: Path
    rows: int
    tables: int
    files: int
    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Drilled:
    """What a restore would bring back, and how long it takes."""

    made_at: datetime
    rows: int
    tables: int
    files: int
    seconds: float


def make_backup(*, at: datetime, to: Path | None = None, is_older: bool = False) -> Kept:
    """Back everything up into one sealed file, restore it to see whether it is whole, keep it.

    A backup that does not restore is removed, and said so. Without `to` it goes to the folder of
    backups, where old ones are thinned out: 7 days, 5 weeks, 12 months. Of tables of an older
    version nothing is asked that only newer ones have.
    """
    began = time.monotonic()
    folder = to or ledgers.backups_folder()
    file = folder / at.astimezone(UTC).strftime(STAMP)
    busy = Refusal(_("A backup is being made already."), _("Wait until it is done."))
    with only_one("backup", busy), _scratch("backup") as scratch:
        _sweep(folder)
        part = file.with_suffix(".part")
        fault("backup.begun")
        if not is_older:
            ledgers.catch_up()
        manifest = _packed(part, scratch, at)
        fault("backup.packed")
        _refuse_unless_whole(part, scratch)
        fault("backup.checked")
        _keep(part, file)
        fault("backup.kept")
        ledgers.copy_to(folder / ledgers.FOLDER)
        fault("backup.ledgers_copied")
        if to is None:
            thin_out(folder, at)
        fault("backup.done")
    return Kept(
        file, manifest.rows, len(manifest.tables), manifest.files, file.stat().st_size,
        time.monotonic() - began,
    )  # fmt: skip


def try_out(file: Path) -> Drilled:
    """Restore a backup into a scratch place, check it, and throw the place away."""
    began = time.monotonic()
    with _scratch("drill") as scratch:
        manifest = drill(file, scratch / "drill_check")
    made_at = datetime.fromisoformat(manifest.made_at)
    spent = time.monotonic() - began
    return Drilled(made_at, manifest.rows, len(manifest.tables), manifest.files, spent)


def drill(file: Path, folder: Path) -> Manifest:
    """Take a backup out, load its database and compare every table's rows with what it says."""
    manifest = unpack(file, folder)
    fault("backup.unpacked")
    with loaded(folder, manifest):
        fault("backup.loaded")
    return manifest


@contextmanager
def loaded(folder: Path, manifest: Manifest) -> Iterator[str]:
    """The database of an unpacked backup, sound and complete, under a name of its own."""
    name = dumps().scratch_name(folder)
    try:
        load_checked(folder, name, manifest)
        yield name
    finally:
        dumps().drop(name)


def load_checked(folder: Path, name: str, manifest: Manifest) -> None:
    """Load an unpacked backup into a database of that name; a Refusal unless all of it is there."""
    tools = dumps()
    tools.load(folder / tools.FILE_NAME, name)
    tools.check(name)
    _refuse_other_counts(tools.counted(name), manifest.tables)


def _refuse_other_counts(found: dict[str, int], said: dict[str, int]) -> None:
    differing = sorted(t for t in found.keys() | said.keys() if found.get(t) != said.get(t))
    if differing:
        raise Refusal(
            _("After restoring, the rows of %(tables)s are not those that were saved.")
            % {"tables": ", ".join(differing)},
            _("This backup does not count. Make another."),
        )


def backups_in(folder: Path) -> list[tuple[datetime, Path]]:
    """The backups of a folder that restored once, newest first."""
    return sorted(_stamped(folder.glob("regulars-*.backup")), reverse=True)


def thin_out(folder: Path, at: datetime) -> list[Path]:
    """Remove what is older than 7 days, 5 weeks and 12 months need; returns what went."""
    there = backups_in(folder)
    kept = kept_moments([moment for moment, _file in there], at)
    gone = [file for moment, file in there if moment not in kept]
    for file in gone:
        file.unlink()
    return gone


def kept_moments(moments: Iterable[datetime], at: datetime) -> set[datetime]:
    """Of these backups the newest of each of 7 days, 5 weeks and 12 months; all of two days."""
    newest_first = sorted(moments, reverse=True)
    spans: list[tuple[int, Callable[[datetime], tuple[int, ...]]]] = [
        (DAILY, lambda m: (m.year, m.month, m.day)),
        (WEEKLY, lambda m: tuple(m.isocalendar()[:2])),
        (MONTHLY, lambda m: (m.year, m.month)),
    ]
    kept = {moment for moment in newest_first if at - moment <= ALL_WITHIN}
    for most, span_of in spans:
        newest_of: dict[tuple[int, ...], datetime] = {}
        for moment in newest_first:
            newest_of.setdefault(span_of(moment), moment)
        kept |= set(list(newest_of.values())[:most])
    return kept


def _packed(part: Path, scratch: Path, at: datetime) -> Manifest:
    dump = scratch / dumps().FILE_NAME
    tables = dumps().dump(dump)
    fault("backup.dumped")
    try:
        part.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        manifest = pack(dump, part, tables=tables, made_at=at.isoformat())
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Refusal(
            _("The backup could not be written to %(folder)s: %(why)s.")
            % {"folder": part.parent, "why": error.strerror},
            _("Make room there, or choose another folder."),
        ) from error
    dump.unlink()
    return manifest


def _refuse_unless_whole(part: Path, scratch: Path) -> None:
    try:
        drill(part, scratch / "backup_check")
    except Refusal as no:
        part.unlink()
        raise Refusal(
            _("The backup did not restore and was removed. %(why)s") % {"why": no.sentence},
            no.remedy,
        ) from no


def _keep(part: Path, file: Path) -> None:
    part.replace(file)
    settle(file.parent)


def _sweep(folder: Path) -> None:
    """What a backup that was killed has left: never restored, so it never counted."""
    for part in folder.glob("regulars-*.part"):
        part.unlink()


@contextmanager
def _scratch(name: str) -> Iterator[Path]:
    """A private folder on the instance's own disk; what an earlier crash left there goes first."""
    folder = Path(settings.HOME) / f"scratch-{name}"
    dumps().drop(dumps().scratch_name(folder / f"{name}_check"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stamped(files: Iterable[Path]) -> Iterator[tuple[datetime, Path]]:
    for file in files:
        try:
            yield datetime.strptime(file.name, STAMP).replace(tzinfo=UTC), file
        except ValueError:
            continue
