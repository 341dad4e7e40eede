"""The process that holds the ADBC connection; see README.md for why it is a process.

It answers requests on its standard input, one JSON line each: `read` is answered by an Arrow
stream, `upsert` is followed by an Arrow stream and answered by a JSON line with the count.
Requests may be sent before the answers are read: it fetches ahead while the other end gets ready.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from queue import Queue
from threading import Thread
from typing import Any, BinaryIO, Protocol

from regulars.engines.lightness import lightly

# How much is fetched ahead: a few million orders, and never more than some hundred megabytes.
BATCH_ROWS, BATCHES_AHEAD = 65_536, 32
# Another writer waits for a step: less than half of what is allowed, because the next may be
# dearer; and whoever waits asks again and again, so they need a while in which nobody writes.
SECONDS_A_STEP, SECONDS_BETWEEN = 0.04, 0.02
# Where nobody else is at work: the more rows go together, the fewer pages are written for each.
SECONDS_ALONE = 1.0
FEWEST_ROWS, MOST_ROWS = 100, 200_000
# How many the first transaction has; pages of indexes are written again in each.
ROWS_AT_ONCE, ROWS_ALONE = 1_000, 40_000
# Up to here an index is made in less than others can wait for.
ROWS_TO_INDEX_BESIDE_OTHERS = 40_000
# Pages of a table of a million with its indexes stay at hand from one transaction to the next, and
# are carried from the log to their places less often than they are written.
ROOM = ("temp_store=MEMORY", "cache_size=-400000", "wal_autocheckpoint=25000")
ROOM_TO_SORT = "PRAGMA cache_size=-8000"
ROWS_A_BATCH = "adbc.sqlite.query.batch_rows"
BYTES_A_BATCH = "adbc.postgresql.batch_size_hint_bytes"


@dataclass(frozen=True, slots=True)
class Upsert:
    """Where rows go: `key` decides insert or update; the table in `among` must know the key."""

    table: str
    key: str
    among: tuple[str, str]
    columns: list[str] = field(default_factory=list)
    rows_at_once: int = ROWS_AT_ONCE
    # What is written beside them only where a row is new: columns, each as SQL over the row.
    at_first: dict[str, str] = field(default_factory=dict)
    # Nobody else is at work, whom we would keep waiting.
    is_alone: bool = False
    # Indexes by name, as SQL: an empty SQLite table is filled without them, and then they are made.
    indexes: dict[str, str] = field(default_factory=dict)

    @property
    def seconds_a_step(self) -> float:
        return SECONDS_ALONE if self.is_alone else SECONDS_A_STEP

    def statement(self, differs: str) -> str:
        columns = ", ".join(f'"{name}"' for name in self.columns)
        values = [name for name in self.columns if name != self.key]
        taken = ", ".join(f'"{name}" = excluded."{name}"' for name in values)
        changed = " OR ".join(
            f'"{self.table}"."{name}" {differs} excluded."{name}"' for name in values
        )
        known, known_key = self.among
        into = "".join(f', "{name}"' for name in self.at_first)
        first = "".join(f", {value}" for value in self.at_first.values())
        return (
            # Names come from our own models, never from outside.
            f'INSERT INTO "{self.table}" ({columns}{into}) '  # noqa: S608
            f"SELECT {columns}{first} FROM regulars_staged "
            f'WHERE "{self.key}" IN (SELECT "{known_key}" FROM "{known}") AND {{where}} '
            f'ON CONFLICT ("{self.key}") DO UPDATE SET {taken} WHERE {changed}'
        )


def rows_next(rows: int, seconds: float, allowed: float = SECONDS_A_STEP) -> int:
    """As many rows as a step may take time for, going by the last step; at most twice as many."""
    fitting = int(rows * allowed / max(seconds, 0.001))
    return min(max(fitting, FEWEST_ROWS), 2 * rows, MOST_ROWS)


class Books(Protocol):
    """A database as the clerk sees it."""

    def read(self, select: str) -> AbstractContextManager[Any]: ...
    def end_reading(self) -> None: ...
    def upsert(self, order: Upsert, rows: Any) -> int: ...


class SqliteBooks:
    """An SQLite file. The settings are those of RELIABILITY D1, as Django's connection has them."""

    def __init__(self, uri: str) -> None:
        from adbc_driver_sqlite import dbapi

        self._connection = dbapi.connect(uri, autocommit=True)
        for pragma in ("busy_timeout=10000", "synchronous=FULL", "foreign_keys=ON"):
            self._do(f"PRAGMA {pragma}")
        self._is_reading = False

    @contextmanager
    def read(self, select: str) -> Iterator[Any]:
        if not self._is_reading:
            self._do("BEGIN")
            self._is_reading = True
        with closing(self._connection.cursor()) as cursor:
            cursor.adbc_statement.set_options(**{ROWS_A_BATCH: str(BATCH_ROWS)})
            cursor.execute(select)
            yield cursor.fetch_record_batch()

    def end_reading(self) -> None:
        if self._is_reading:
            self._do("COMMIT")
            self._is_reading = False

    def upsert(self, order: Upsert, rows: Any) -> int:
        for pragma in ROOM:
            self._do(f"PRAGMA {pragma}")
        with closing(self._connection.cursor()) as cursor:
            cursor.adbc_ingest("regulars_staged", _as_sqlite(rows), mode="create", temporary=True)
        indexes = order.indexes if self._is_quicker_without(order, len(rows)) else {}
        for name in indexes:
            self._do(f'DROP INDEX IF EXISTS "{name}"')
        changed = self._in_steps(order, len(rows))
        if indexes:
            # What is sorted for an index stays nearer to the processor where it has less room.
            self._do(ROOM_TO_SORT)
        # Whoever is killed here leaves indexes to be made; the next count sees to it.
        for statement in indexes.values():
            self._do(statement)
        self._do("DROP TABLE temp.regulars_staged")
        # Passive: it waits for nobody, and nobody for it.
        self._number("PRAGMA wal_checkpoint(PASSIVE)")
        return changed

    def _is_quicker_without(self, order: Upsert, rows: int) -> bool:
        """Rows in order of an index are written many times as fast as rows scattered over it."""
        if not (order.is_alone or rows <= ROWS_TO_INDEX_BESIDE_OTHERS):
            return False
        return not self._number(f'SELECT EXISTS (SELECT 1 FROM "{order.table}")')  # noqa: S608

    def _in_steps(self, order: Upsert, rows: int) -> int:
        """Short transactions: pages that write meanwhile wait for one step, not for all."""
        statement, changed = order.statement("IS NOT"), 0
        first, rows_at_once = 1, order.rows_at_once
        while first <= rows:
            last = first + rows_at_once - 1
            self._do("BEGIN IMMEDIATE")
            began = time.monotonic()
            self._do(statement.format(where=f"rowid BETWEEN {first} AND {last}"))
            changed += self._number("SELECT changes()")
            self._do("COMMIT")
            took = time.monotonic() - began
            first, rows_at_once = last + 1, rows_next(rows_at_once, took, order.seconds_a_step)
            if first <= rows and not order.is_alone:
                time.sleep(SECONDS_BETWEEN)
        return changed

    def _do(self, statement: str) -> None:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(statement)

    def _number(self, select: str) -> int:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(select)
            row = cursor.fetchone()
        return int(row[0]) if row else 0


class PostgresBooks:
    def __init__(self, uri: str) -> None:
        from adbc_driver_postgresql import dbapi

        self._connection = dbapi.connect(uri, autocommit=False)
        self._is_reading = False

    @contextmanager
    def read(self, select: str) -> Iterator[Any]:
        with closing(self._connection.cursor()) as cursor:
            if not self._is_reading:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                self._is_reading = True
            cursor.execute(select)
            yield cursor.fetch_record_batch()

    def end_reading(self) -> None:
        self._connection.rollback()
        self._is_reading = False

    def upsert(self, order: Upsert, rows: Any) -> int:
        with closing(self._connection.cursor()) as cursor:
            cursor.adbc_ingest("regulars_staged", rows, mode="create", temporary=True)
            upsert = order.statement("IS DISTINCT FROM").format(where="true")
            cursor.execute(f"WITH moved AS ({upsert} RETURNING 1) SELECT count(*) FROM moved")  # noqa: S608
            changed = int(cursor.fetchone()[0])
            cursor.execute("DROP TABLE regulars_staged")
        self._connection.commit()
        return changed


def _as_sqlite(rows: Any) -> Any:
    """Days as the text in which Django keeps them."""
    import pyarrow as pa

    for place, column in enumerate(rows.schema):
        if pa.types.is_date(column.type):
            text = rows.column(place).cast(pa.string())
            rows = rows.set_column(place, column.name, text)
    return rows


def _ahead(batches: Any) -> Iterator[Any]:
    """The batches, fetched by a thread of their own while earlier ones are being sent."""
    ready: Queue[Any] = Queue(BATCHES_AHEAD)

    def fetch() -> None:
        try:
            for batch in batches:
                ready.put(batch)
        except Exception as error:
            ready.put(error)
        else:
            ready.put(None)

    Thread(target=fetch, daemon=True).start()
    while (found := ready.get()) is not None:
        if isinstance(found, Exception):
            raise found
        yield found


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer requests until the other end closes."""
    import pyarrow as pa

    opening = json.loads(incoming.readline())
    kind = SqliteBooks if opening["vendor"] == "sqlite" else PostgresBooks
    books: Books = kind(opening["uri"])
    for line in incoming:
        request = json.loads(line)
        if request["do"] == "read":
            with (
                books.read(request["select"]) as batches,
                pa.ipc.new_stream(outgoing, batches.schema) as stream,
            ):
                for batch in _ahead(batches):
                    stream.write_batch(batch)
        elif request["do"] == "end_reading":
            books.end_reading()
        else:
            rows = pa.ipc.open_stream(incoming).read_all()
            order = Upsert(**{**request["order"], "among": tuple(request["order"]["among"])})
            count = books.upsert(order, rows) if len(rows) else 0
            outgoing.write(json.dumps({"changed": count}).encode() + b"\n")
        outgoing.flush()


if __name__ == "__main__":
    with lightly():
        serve(sys.stdin.buffer, sys.stdout.buffer)
