"""An empty database of SQLite with all migrations done, kept for the next run.

To migrate takes as long as a hundred tests. What is kept is named after the migrations, the
settings and the locked packages; it lies with the environment.
"""

import hashlib
import os
import shutil
import sqlite3
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = Path(sys.prefix) / "test-databases"
MADE_OF = ["regulars/*/migrations/*.py", "regulars/config/*.py", "requirements/*.lock"]


@cache
def _kept() -> Path:
    told = hashlib.sha256()
    for path in sorted(path for pattern in MADE_OF for path in ROOT.glob(pattern)):
        told.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return KEPT / f"{told.hexdigest()}.sqlite3"


def copy_migrated(into: Path) -> None:
    if _kept().exists():
        shutil.copyfile(_kept(), into)


def keep_migrated() -> None:
    """Keep the database of this run; one of several at once wins, and all are alike."""
    from django.db import connection

    if _kept().exists():
        return
    KEPT.mkdir(exist_ok=True)
    for older in KEPT.glob("*.sqlite3"):
        older.unlink(missing_ok=True)
    half_written = KEPT / str(os.getpid())
    connection.ensure_connection()
    with sqlite3.connect(half_written) as copy:
        connection.connection.backup(copy)
    copy.close()
    half_written.replace(_kept())
