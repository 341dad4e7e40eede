"""What a database says when it cannot be written to: told apart, so that it can be said plainly."""

import sqlite3
from collections.abc import Iterator
from enum import StrEnum

from django.db import DatabaseError, connection, transaction

# https://www.postgresql.org/docs/15/errcodes-appendix.html
POSTGRES = {"53100": "full", "25006": "read_only", "XX001": "damaged", "XX002": "damaged"}
SQLITE = {
    sqlite3.SQLITE_FULL: "full", sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "away", sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}  # fmt: skip
# More than any free page holds, so that a database which may not grow says so.
PROBE_BYTES = 256 * 1024


class Trouble(StrEnum):
    """Why nothing can be kept."""

    FULL = "full"
    READ_ONLY = "read_only"
    AWAY = "away"
    DAMAGED = "damaged"


# For whoever runs Regulars: what is wrong, and what to do.
SAID = {
    Trouble.FULL: ("The database is full.", "Make room on its disk; everything goes on by itself."),
    Trouble.READ_ONLY: ("The database cannot be written to.", "Give this account leave to write."),
    Trouble.AWAY: ("The database file cannot be opened.", "See that it is there and may be read."),
    Trouble.DAMAGED: (
        "The database is damaged.",
        "Stop Regulars, then bring the newest backup back: “regulars restore FILE --replace”.",
    ),
}


class _Enough(Exception):
    """The probe was written; it is taken back."""


def trouble_of(error: BaseException | None) -> Trouble | None:
    """The trouble behind an error, if the database is the reason."""
    for one in _chain(error):
        # The low byte is the kind; the rest says more than we ask.
        code = SQLITE.get(getattr(one, "sqlite_errorcode", 0) & 0xFF)
        code = code or POSTGRES.get(getattr(one, "sqlstate", None) or "")
        if code:
            return Trouble(code)
    return None


def trouble_now() -> Trouble | None:
    """Whether the database takes what is written, and is whole: something is, and taken back."""
    try:
        if _is_torn():
            return Trouble.DAMAGED
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TABLE core_probe (held text)")
            cursor.execute("INSERT INTO core_probe VALUES (%s)", ["x" * PROBE_BYTES])
            raise _Enough
    except _Enough:
        return None
    except DatabaseError as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        return trouble


def _is_torn() -> bool:
    """Whether a database in a file does not hold together; a server looks after its own."""
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        return bool(cursor.fetchone() != ("ok",))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
