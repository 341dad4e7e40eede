"""So long and no longer: what a page asks of the database is broken off before a person leaves."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import OperationalError, connection, transaction

# How often SQLite looks at the clock: some milliseconds of work.
STEPS = 20_000
CANCELED = "57014"


class TookTooLong(Exception):
    """The database was still at it when the time was up; nothing was changed."""


@contextmanager
def at_most(length: timedelta) -> Iterator[None]:
    """Break off a statement that runs longer; with no time at all none is begun. For reading."""
    if length <= timedelta(0):
        # PostgreSQL takes nought for no limit.
        raise TookTooLong
    limited = _on_postgres if connection.vendor == "postgresql" else _on_sqlite
    try:
        with limited(length):
            yield
    except OperationalError as error:
        if _is_broken_off(error.__cause__):
            raise TookTooLong from error
        raise


def _is_broken_off(cause: BaseException | None) -> bool:
    code = getattr(cause, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_INTERRUPT or getattr(cause, "sqlstate", None) == CANCELED


@contextmanager
def _on_sqlite(length: timedelta) -> Iterator[None]:
    connection.ensure_connection()
    raw, end = connection.connection, time.monotonic() + length.total_seconds()
    raw.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


@contextmanager
def _on_postgres(length: timedelta) -> Iterator[None]:
    # Broken off, the savepoint goes back and takes the setting with it.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        before = cursor.fetchone()[0]
        cursor.execute(f"SET LOCAL statement_timeout = {int(length.total_seconds() * 1000)}")
        yield
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])
