"""Taking a whole PostgreSQL database out and in again, by its own tools."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from regulars.core.errors import Refusal

FILE_NAME = "database.pgdump"
DEBIAN = Path("/usr/lib/postgresql")


def dump(file: Path) -> dict[str, int]:
    """Write the database as it stands now into a new file; how many rows each table has."""
    tool = _tool("pg_dump")
    with _opened(_own_name()) as database:
        # Counted and dumped in one snapshot, which must not time out while the tool works.
        database.execute("SET idle_in_transaction_session_timeout = 0")
        database.commit()
        database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        row = database.execute("SELECT pg_export_snapshot()").fetchone()
        snapshot = row[0] if row else ""
        counts = _counted(database)
        _run(tool, "--format=custom", "--compress=0", "--no-owner", "--no-privileges",
             f"--snapshot={snapshot}", f"--file={file}", f"--dbname={_own_name()}")  # fmt: skip
    return counts


def load(file: Path, name: str) -> None:
    """Make a database of that name from a dump."""
    drop(name)
    _admin(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    _run(_tool("pg_restore"), "--exit-on-error", "--no-owner", "--no-privileges",
         f"--dbname={name}", str(file))  # fmt: skip


def counted(name: str) -> dict[str, int]:
    """How many rows each table has."""
    with _opened(name) as database:
        return _counted(database)


def check(name: str) -> None:
    """Loading has checked every key and constraint already."""


def scratch_name(folder: Path) -> str:
    """A name of its own for each folder, so that what a crash left is found and dropped."""
    return f"{_own_name()[:40]}_{folder.name}".replace("-", "_").replace(".", "_")


def drop(name: str) -> None:
    _admin(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def exists(name: str) -> bool:
    with _opened("postgres") as database:
        found = database.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None


def swap(new: str, live: str, aside: str) -> None:
    """Put the live database aside and the new one in its place: both names change, or neither."""
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ANY(%s)"
    with _opened("postgres", autocommit=False) as database:
        # Idle sessions of other machines: a database cannot be renamed under them.
        database.execute(ended, [[live, new]])
        for old_name, new_name in ((live, aside), (new, live)):
            command = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            database.execute(command.format(sql.Identifier(old_name), sql.Identifier(new_name)))
        database.commit()


def _own_name() -> str:
    return str(connection.settings_dict["NAME"])


def _counted(database: "psycopg.Connection[Any]") -> dict[str, int]:
    tables = database.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    counts = {}
    for (table,) in tables:
        asked = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        row = database.execute(asked).fetchone()
        counts[table] = int(row[0]) if row else 0
    return counts


@contextmanager
def _opened(name: str, *, autocommit: bool = True) -> "Iterator[psycopg.Connection[Any]]":
    said = connection.settings_dict
    own = {"user": said["USER"], "password": said["PASSWORD"], "host": said["HOST"],
           "port": said["PORT"]}  # fmt: skip
    options = {key: said["OPTIONS"][key] for key in ("sslmode", "sslrootcert")
               if key in said.get("OPTIONS", {})}  # fmt: skip
    given = {key: value for key, value in own.items() if value}
    with psycopg.connect(dbname=name, autocommit=autocommit, **given, **options) as database:
        yield database


def _admin(command: sql.Composed) -> None:
    try:
        with _opened("postgres") as database:
            database.execute(command)
    except psycopg.errors.InsufficientPrivilege:
        raise Refusal(
            _("This PostgreSQL account may not make the database in which a backup is checked."),
            _("Allow it: ALTER ROLE … CREATEDB."),
        ) from None


def _run(*words: str | Path) -> None:
    said = connection.settings_dict
    env = {
        "PGHOST": said["HOST"], "PGPORT": said["PORT"], "PGUSER": said["USER"],
        "PGPASSWORD": said["PASSWORD"],
    }  # fmt: skip
    given = {name: str(value) for name, value in env.items() if value}
    done = subprocess.run(words, env={**os.environ, **given}, capture_output=True, text=True,
                          check=False)  # fmt: skip
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [_("it said nothing")]
        raise Refusal(
            _("%(tool)s failed: %(said)s") % {"tool": Path(words[0]).name, "said": lines[0]},
            _("Nothing was changed."),
        )


def _tool(name: str) -> Path:
    """The newest of Debian's versions: an old pg_dump refuses a newer server."""
    versions = sorted(DEBIAN.glob("*/bin"), key=lambda at: float(at.parent.name), reverse=True)
    for folder in versions:
        if (folder / name).exists():
            return folder / name
    if found := shutil.which(name):
        return Path(found)
    raise Refusal(
        _("%(tool)s is missing, which backups of PostgreSQL need.") % {"tool": name},
        _("Install PostgreSQL's client programs (on Debian: postgresql-client)."),
    )
