"""Taking a whole SQLite database out and in again."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from regulars.core.errors import Refusal

FILE_NAME = "database.sqlite3"


def dump(file: Path) -> dict[str, int]:
    """Write the database as it stands now into a new file; how many rows each table has."""
    # Never a copy of the file: what stands in the write-ahead log would be missing.
    source = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as database:
        database.execute("VACUUM INTO ?", [str(file)])
    return counted(str(file))


def load(file: Path, name: str) -> None:
    """Make the dumped file the database of that name."""
    file.replace(name)


def counted(name: str) -> dict[str, int]:
    """How many rows each table has."""
    with closing(sqlite3.connect(f"file:{name}?mode=ro", uri=True)) as database:
        tables = database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return {
            # The names are the database's own.
            table: database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
            for (table,) in sorted(tables)
        }


def check(name: str) -> None:
    """Refuse a database whose pages, indexes or keys are not sound."""
    with closing(sqlite3.connect(name)) as database:
        said = database.execute("PRAGMA integrity_check").fetchone()[0]
        broken = database.execute("PRAGMA foreign_key_check").fetchone()
    if said != "ok" or broken:
        raise Refusal(
            _("The database in this backup is damaged: %(what)s.") % {"what": broken or said},
            _("Take an earlier backup."),
        )


def scratch_name(folder: Path) -> str:
    return str(folder / "scratch.sqlite3")


def drop(name: str) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        Path(f"{name}{end}").unlink(missing_ok=True)
