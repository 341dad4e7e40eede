"""Many rows at once, by the fastest way that each database has."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, models

# Rows of `made` as stretches of ids that follow one another.
ISLANDS = (
    "SELECT min(id), max(id) FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM made) m"
    " GROUP BY id - n ORDER BY 1"
)
_numbers = itertools.count(1)


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
    same: Mapping[str, str] | None = None,
) -> None:
    """Add rows; where the key is there already do `on_conflict` (`NOTHING`, `UPDATE SET …`).

    An update wants each key once among the rows. `same` tells, as SQL, what further columns hold
    in all of them: what is not handed over row by row costs next to nothing.
    """
    names, conflict = ", ".join(columns), f"ON CONFLICT ({', '.join(key)}) DO {on_conflict}"
    told = same or {}
    insert = f"INSERT INTO {table_of(model)} ({', '.join([*columns, *told])})"
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            places = ", ".join([*["%s"] * len(columns), *told.values()])
            cursor.executemany(f"{insert} VALUES ({places}) {conflict}", list(rows))
            return
        # COPY knows no conflicts, and a statement for each row costs a journey for each.
        aside = f"regulars_merged_{next(_numbers)}"
        cursor.execute(
            f"CREATE TEMPORARY TABLE {aside} AS SELECT {names} FROM {table_of(model)} LIMIT 0"  # noqa: S608
        )
        with cursor.copy(f"COPY {aside} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        chosen = ", ".join([names, *told.values()])
        cursor.execute(f"{insert} SELECT {chosen} FROM {aside} {conflict}")  # noqa: S608
        cursor.execute(f"DROP TABLE {aside}")


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
    highest = _highest_key(model)
    return list(range(highest + 1, highest + 1 + count))


def number_rows(
    model: type[models.Model], table: str, column: str, which: str, values: dict[str, Any]
) -> list[tuple[int, int]]:
    """Give rows `s` of a table a fresh key of `model`, in their order; returns them as stretches.

    Call inside the transaction that uses the keys.
    """
    chosen = f"FROM {table} s WHERE {which}"
    if connection.vendor == "postgresql":
        # Others take keys in between, so only the statement itself knows its own.
        return [(low, high) for low, high in rows_of(
            f"WITH n AS (SELECT q.id, nextval(pg_get_serial_sequence(%(model)s, 'id')) AS fresh"  # noqa: S608
            f" FROM (SELECT s.id {chosen} ORDER BY s.id) q), made AS (UPDATE {table} AS s"
            f" SET {column} = n.fresh FROM n WHERE s.id = n.id RETURNING n.fresh AS id)"
            f" {ISLANDS}", values | {"model": model._meta.db_table},
        )]  # fmt: skip
    base = _highest_key(model)
    count = run_sql(
        f"UPDATE {table} AS s SET {column} = {base} + n.nth FROM (SELECT s.id, row_number()"  # noqa: S608
        f" OVER (ORDER BY s.id) AS nth {chosen}) n WHERE s.id = n.id",
        values,
    )
    return [(base + 1, base + count)] if count else []


def _highest_key(model: type[models.Model]) -> int:
    """The highest that a row of this table ever had. SQLite has one writer at a time."""
    return int(rows_of(
        f"SELECT max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0),"  # noqa: S608
        f" coalesce((SELECT max(id) FROM {table_of(model)}), 0))",
        [model._meta.db_table],
    )[0][0])  # fmt: skip


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


def count_anew(*models_written: type[models.Model]) -> int:
    """Tell PostgreSQL's planner what was just written; it would plan for empty tables else."""
    if connection.vendor == "postgresql":
        run_sql(f"ANALYZE {', '.join(table_of(model) for model in models_written)}")
    return 0
