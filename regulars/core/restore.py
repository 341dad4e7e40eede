"""Bringing a backup back: all of it or nothing, held until somebody releases it.

RELIABILITY D4, K18. Everything is made ready beside the living instance; then one small file, the
journal, says that the exchange has begun. Before that file a crash leaves the old instance, after
it whoever starts next finishes the exchange before anything is opened.
"""

import json
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from regulars.core import instance, instance_file, ledgers, presence
from regulars.core.actor import COMMAND
from regulars.core.audit import record
from regulars.core.backup import load_checked
from regulars.core.database_trouble import Trouble, trouble_of
from regulars.core.disk import settle
from regulars.core.dumps import dumps
from regulars.core.errors import Refusal
from regulars.core.faults import fault
from regulars.core.keys import forget_kept
from regulars.core.models import AuditEntry, Instance
from regulars.core.packing import KEPT, Manifest, unpack

STAGE = "restoring"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and where the instance that stood here before is kept."""

    made_at: datetime
    rows: int
    tables: int
    replayed: dict[str, int]
    aside: str
    seconds: float


def restore(file: Path, *, at: datetime, replace: bool = False) -> Restored:
    """Put a backup in the place of this instance, and hold it until somebody releases it."""
    began = time.monotonic()
    with presence.alone():
        finish()
        if not replace and not is_empty():
            raise Refusal(
                _("This instance is not empty."),
                _("Say --replace to put it aside and restore over it."),
            )
        stage = _fresh_stage()
        fault("restore.begun")
        manifest = unpack(file, stage)
        fault("restore.unpacked")
        _gather_ledgers(stage, file.parent)
        replayed, aside = _exchanged(stage, manifest, at)
    instance.forget_seen()
    return Restored(
        datetime.fromisoformat(manifest.made_at), manifest.rows, len(manifest.tables), replayed,
        aside, time.monotonic() - began,
    )  # fmt: skip


def is_empty() -> bool:
    """Whether nothing was ever done here: every action leaves an entry in the audit."""
    try:
        if AuditEntry._meta.db_table not in connection.introspection.table_names():
            return True
        return not AuditEntry.objects.exclude(verb="made link").exists()
    except DatabaseError as error:
        _raise_unless_damaged(error)
        return False


def finish_if_begun() -> None:
    """Finish an exchange that a crash interrupted, before anything of the instance is opened."""
    if instance_file.is_exchanging():
        with presence.alone():
            finish()


def finish() -> None:
    """Do what the journal says and has not been done yet; any number of times."""
    if not instance_file.is_exchanging():
        return
    journal = json.loads(_journal().read_text())
    stage, aside = _home() / STAGE, _home() / journal["aside"]
    connection.close()
    aside.mkdir(exist_ok=True, mode=0o700)
    for name in journal["files"]:
        _exchange(stage / Path(name).name, Path(name), aside / Path(name).name)
        fault("restore.moved")
    if connection.vendor == "postgresql":
        _exchange_databases(journal["new"], journal["old"], journal["database_aside"])
    fault("restore.exchanged")
    settle(_home())
    _journal().unlink()
    forget_kept()
    shutil.rmtree(stage, ignore_errors=True)
    fault("restore.done")


def _exchanged(stage: Path, manifest: Manifest, at: datetime) -> tuple[dict[str, int], str]:
    name = dumps().scratch_name(stage)
    try:
        load_checked(stage, name, manifest)
        fault("restore.loaded")
        replayed = _ready(name, stage, at)
        fault("restore.held")
        aside = _begin_exchange(name, stage, at)
    except BaseException:
        # Only while nothing points to it; from the journal on it is ours.
        if not instance_file.is_exchanging():
            dumps().drop(name)
        raise
    fault("restore.begun_exchange")
    finish()
    return replayed, aside


def _ready(name: str, stage: Path, at: datetime) -> dict[str, int]:
    """Bring it up to date, replay the ledgers and hold it, while it still lies beside."""
    with _living_in(name, stage):
        _refuse_newer_tables()
        call_command("migrate", interactive=False, verbosity=0)
        fault("restore.migrated")
        replayed = ledgers.replay_all(at)
        fault("restore.replayed")
        row, _made = Instance.objects.get_or_create(pk=1, defaults={"instance_id": uuid.uuid4()})
        Instance.objects.filter(pk=1).update(held_since=at, why_held="restored")
        record("restored", row, by=COMMAND, at=at, **replayed)
    return replayed


def _refuse_newer_tables() -> None:
    loader = MigrationExecutor(connection).loader
    unknown = set(loader.applied_migrations) - set(loader.disk_migrations) - _replaced(loader)
    if unknown:
        raise Refusal(
            _("This backup was made by a newer version of Regulars."), _("Install that version.")
        )


def _replaced(loader: MigrationLoader) -> set[tuple[str, str]]:
    return {old for squashed in loader.replacements.values() for old in squashed.replaces}


@contextmanager
def _living_in(name: str, stage: Path) -> Iterator[None]:
    """Work on another database and folder: keys and ledgers are those of the restored instance."""
    before, home = connection.settings_dict["NAME"], settings.HOME
    connection.close()
    connection.settings_dict["NAME"], settings.HOME = name, stage
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"], settings.HOME = before, home


def _gather_ledgers(stage: Path, beside: Path) -> None:
    """What has been said no to since the backup stands in ours, or beside the backups."""
    for folder in (ledgers.own_folder(), ledgers.backups_folder() / "ledgers", beside / "ledgers"):
        for file in sorted(folder.glob("*.jsonl")):
            lines = file.read_text(encoding="utf-8").split("\n")
            ledgers.gather(stage / ledgers.FOLDER / file.name, [line for line in lines if line])


def _begin_exchange(name: str, stage: Path, at: datetime) -> str:
    """Write the journal: from here on the restored instance is ours, whatever happens."""
    stamp = at.astimezone(UTC).strftime("%Y%m%d_%H%M%S")
    aside = f"before_restore_{stamp}"
    files = [str(_home() / kept) for kept in KEPT if (stage / kept).exists()]
    said: dict[str, Any] = {"aside": aside, "files": files}
    if connection.vendor == "postgresql":
        old = str(connection.settings_dict["NAME"])
        said |= {"new": name, "old": old, "database_aside": f"{old[:40]}_{aside}"}
    else:
        live = Path(connection.settings_dict["NAME"])
        _fold_log_in(live)
        Path(name).replace(stage / live.name)
        said["files"] = [f"{live}-wal", f"{live}-shm", str(live), *files]
    _sync_all(stage)
    draft = _home() / "restore.draft"
    draft.write_text(json.dumps(said))
    settle(draft)
    draft.replace(_journal())
    settle(_home())
    return aside


def _fold_log_in(live: Path) -> None:
    """What stands in the write-ahead log goes into the file that is put aside."""
    try:
        if live.exists():
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except DatabaseError as error:
        # Both are put aside as they are.
        _raise_unless_damaged(error)
    connection.close()


def _raise_unless_damaged(error: DatabaseError) -> None:
    """A database that cannot be read is what a backup is brought back for."""
    if trouble_of(error) is not Trouble.DAMAGED:
        raise error


def _exchange(new: Path, live: Path, aside: Path) -> None:
    if live.name.endswith(("-wal", "-shm")):
        # These belong to the old file; the new one was closed and has none.
        if not aside.with_name(aside.name[:-4]).exists() and live.exists():
            live.replace(aside)
        return
    if not new.exists():
        return
    if live.exists() and not aside.exists():
        live.replace(aside)
    elif live.exists():
        # Made by a start in between: nobody has worked with it.
        shutil.rmtree(live) if live.is_dir() else live.unlink()
    new.replace(live)


def _exchange_databases(new: str, old: str, aside: str) -> None:
    from regulars.core import dumps_postgres

    if dumps_postgres.exists(new):
        dumps_postgres.swap(new, old, aside)
    elif not dumps_postgres.exists(aside):
        raise Refusal(
            _("The restored database %(name)s is gone.") % {"name": new},
            _("The instance that stood here before is whole: restore once more."),
        )


def _fresh_stage() -> Path:
    stage = _home() / STAGE
    shutil.rmtree(stage, ignore_errors=True)
    return stage


def _home() -> Path:
    return Path(settings.HOME)


def _journal() -> Path:
    return _home() / instance_file.JOURNAL_NAME


def _sync_all(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        settle(path)
