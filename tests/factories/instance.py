"""Everything that an instance holds, for comparing before and after."""

from pathlib import Path

from django.conf import settings
from django.db import connection

Held = dict[str, list[str]]


def all_rows() -> Held:
    """Every row of every table, as texts; tables without a row are left out."""
    held: Held = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            # What SQLite keeps for itself, and what counts the starts of every process.
            if not table.startswith("sqlite_") and table != "core_instance":
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                held[table] = sorted(map(repr, cursor.fetchall()))
    return {table: rows for table, rows in held.items() if rows}


def all_files() -> dict[str, bytes]:
    """Every file in the instance's folder but its database and its log."""
    home = Path(settings.HOME)
    return {
        str(path.relative_to(home)): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not {".sqlite3", ".log", ".mark", ".lock"} & set(path.suffixes)
    }
