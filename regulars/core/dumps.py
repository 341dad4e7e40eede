"""Whichever database is ours, taken out and in again in the same words."""

from pathlib import Path
from typing import Protocol

from django.db import connection


class Dumps(Protocol):
    """What a database must be able to do to be backed up and restored."""

    FILE_NAME: str

    def dump(self, file: Path) -> dict[str, int]: ...

    def load(self, file: Path, name: str) -> None: ...

    def check(self, name: str) -> None: ...

    def counted(self, name: str) -> dict[str, int]: ...

    def scratch_name(self, folder: Path) -> str: ...

    def drop(self, name: str) -> None: ...


def dumps() -> Dumps:
    """The tools for the database that the settings name."""
    if connection.vendor == "postgresql":
        from regulars.core import dumps_postgres

        return dumps_postgres
    from regulars.core import dumps_sqlite

    return dumps_sqlite
