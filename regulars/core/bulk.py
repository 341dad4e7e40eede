"""Many rows at once, by the fastest way that each database has."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models


def table_of(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def write_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Add rows whose values are ready for the database: COPY on PostgreSQL, one statement else."""
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table_of(model)} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f"INSERT INTO {table_of(model)} ({names}) VALUES ({places})",  # noqa: S608
            list(rows),
        )


def merge_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    key: Sequence[str],
    on_conflict: str,
) -> None:
    """Add rows; where the key is there already do `on_conflict` (`NOTHING`, `UPDATE SET …`)."""
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table_of(model)} ({', '.join(columns)}) VALUES ({places}) "  # noqa: S608
            f"ON CONFLICT ({', '.join(key)}) DO {on_conflict}",
            list(rows),
        )


def run_sql(sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> int:
    """Run one fixed statement with bound values; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return max(0, int(cursor.rowcount))


def rows_of(sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def fresh_ids(model: type[models.Model], count: int) -> list[int]:
    """Keys that no other row has or will get. Call inside the transaction that uses them."""
    if not count:
        return []
    if connection.vendor == "postgresql":
        table = model._meta.db_table
        found = rows_of(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in found]
    # SQLite has one writer at a time, and this transaction is it.
    table = model._meta.db_table
    highest = rows_of(
        f"SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0),"  # noqa: S608
        f" coalesce((SELECT max(id) FROM {table_of(model)}), 0))",
        [table],
    )[0][0]
    return list(range(highest + 1, highest + 1 + count))


def id_ranges(model: type[models.Model], import_id: int, size: int) -> Iterator[tuple[int, int]]:
    """The staging of an import in stretches of keys, each of about `size` rows."""
    found = rows_of(
        f"SELECT min(id), max(id) FROM {table_of(model)} WHERE import_id = %s",  # noqa: S608
        [import_id],
    )[0]
    low, high = found
    while low is not None and low <= high:
        yield low, min(high, low + size - 1)
        low += size


def count_anew(*models_written: type[models.Model]) -> None:
    """Tell PostgreSQL's planner what was just written; it would plan for empty tables else."""
    if connection.vendor == "postgresql":
        run_sql(f"ANALYZE {', '.join(table_of(model) for model in models_written)}")
