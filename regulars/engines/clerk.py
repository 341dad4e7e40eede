"""The process that holds the ADBC connection; see README.md for why it is a process.

It answers requests on its standard input, one JSON line each: `read` is answered by an Arrow
stream of the rows of one or several selects, `upsert` is followed by an Arrow stream and answered
by a JSON line with the count.
Requests may be sent before the answers are read: it fetches ahead while the other end gets ready.
"""

import fcntl
import json
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO, Protocol

from regulars.engines.lightness import lightly
from regulars.engines.streaming import ahead, send

BATCH_ROWS = 65_536
# Another writer waits for a step: less than half of what is allowed, because the next may be
# dearer. Whoever waits for SQLite asks again after 1, 3, 8, 18, 33, 53, 78, 103, 153 ms and so on:
# a while of more than 25 ms in which nobody writes is met by one of the first eight.
SECONDS_A_STEP, SECONDS_BETWEEN = 0.04, 0.03
FEWEST_ROWS, MOST_ROWS = 100, 200_000
# How many the first transaction has. Where nobody else is at work, the more rows go together, the
# fewer pages are written for each; and so many go in before it is seen whether somebody came.
ROWS_AT_ONCE, ROWS_ALONE, SECONDS_ALONE = 1_000, 2_000, 3.0
# An empty table takes so many in one transaction: less than half a second.
ROWS_POURED = 200_000
# Up to here an index is made in less than others can wait for.
ROWS_TO_INDEX_BESIDE_OTHERS = 40_000
# For how long it is waited for a moment in which nobody writes, before two begin to read.
PATIENCE_MS = 200
# Of an index that is looked up customer by customer the upper pages stay at hand.
ROOM_TO_READ = "cache_size=-65536"
# Pages of a table of a million with its indexes stay at hand from one transaction to the next, and
# are carried from the log to their places less often than they are written; where nobody else is
# at work, when all is written.
ROOM = ("temp_store=MEMORY", "cache_size=-400000", "wal_autocheckpoint=25000")
ROOM_ALONE = "PRAGMA wal_autocheckpoint=200000"
# What is sorted for an index is sorted in pieces that stay near the processor: in half the time
# that it takes in memory in one piece; one thread more sorts while the rows are read.
ROOM_TO_SORT = ("temp_store=FILE", "cache_size=-8000", "threads=1")
ROWS_A_BATCH = "adbc.sqlite.query.batch_rows"
BYTES_A_BATCH = "adbc.postgresql.batch_size_hint_bytes"


@dataclass(frozen=True, slots=True)
class Upsert:
    """Where rows go: `key` decides insert or update; the table in `among` must know the key."""

    table: str
    key: str
    among: tuple[str, str]
    columns: list[str] = field(default_factory=list)
    # What is written beside them only where a row is new: columns, each with the one it is like.
    at_first: dict[str, str] = field(default_factory=dict)
    # The lock by which the process that asks is here (core/presence.py), if nobody else is: whom
    # would we keep waiting? None where somebody is.
    company: int | None = None
    # Indexes by name, as SQL: an empty SQLite table is filled without them, and then they are made.
    indexes: dict[str, str] = field(default_factory=dict)

    def is_alone(self) -> bool:
        """Whether nobody else has come to work on the folder until now."""
        if self.company is None:
            return False
        try:
            fcntl.flock(self.company, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            fcntl.flock(self.company, fcntl.LOCK_SH)
        return True

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


def rows_next(rows: int, seconds: float) -> int:
    """As many rows as a step may take time for, going by the last step; at most twice as many."""
    fitting = int(rows * SECONDS_A_STEP / max(seconds, 0.001))
    return min(max(fitting, FEWEST_ROWS), 2 * rows, MOST_ROWS)


class Books(Protocol):
    """A database as the clerk sees it; `read` gives the schema of each select, then its batches."""

    def read(self, selects: list[str]) -> Iterator[Any]: ...
    def end_reading(self) -> None: ...
    def upsert(self, order: Upsert, rows: Any) -> int: ...
    def settle(self) -> None: ...


class SqliteBooks:
    """An SQLite file. The settings are those of RELIABILITY D1, as Django's connection has them."""

    def __init__(self, uri: str) -> None:
        from adbc_driver_sqlite import dbapi

        self._open = partial(dbapi.connect, uri, autocommit=True)
        self._connection = self._open()
        self._make_room("busy_timeout=10000", "synchronous=FULL", "foreign_keys=ON", ROOM_TO_READ)
        self._readers: list[Any] = []

    def read(self, selects: list[str]) -> Iterator[Any]:
        if not self._readers:
            self._begin_reading(is_by_two=len(selects) > 1)
        return ahead(self._readers, selects, {ROWS_A_BATCH: str(BATCH_ROWS)})

    def end_reading(self) -> None:
        for reader in self._readers:
            _do(reader, "COMMIT")
        for reader in self._readers[1:]:
            reader.close()
        self._readers = []

    def close(self) -> None:
        self._connection.close()

    def _begin_reading(self, *, is_by_two: bool) -> None:
        self._readers = [self._connection]
        with closing(self._open()) as pen:
            # Nobody commits while both begin, so that they see the same books. Where somebody has
            # the pen for long, one reads alone.
            if is_by_two and _takes(pen):
                self._readers.append(self._open())
                _do(self._readers[1], f"PRAGMA {ROOM_TO_READ}")
            for reader in self._readers:
                _do(reader, "BEGIN")
                _number(reader, "SELECT count(*) FROM sqlite_master")

    def upsert(self, order: Upsert, rows: Any) -> int:
        is_alone = order.is_alone()
        self._make_room(*ROOM)
        if is_alone:
            self._do(ROOM_ALONE)
        rows = _as_sqlite(rows)
        is_quicker_without = self._is_quicker_without(order, is_alone, len(rows))
        indexes = order.indexes if is_quicker_without else {}
        for name in indexes:
            self._do(f'DROP INDEX IF EXISTS "{name}"')
        changed = self._poured(order, rows) if is_alone and is_quicker_without else 0
        if changed < len(rows):
            changed += self._merged(order, rows.slice(changed))
        if indexes:
            self._make_room(*ROOM_TO_SORT)
        # Whoever is killed here leaves indexes to be made; the next count sees to it.
        for statement in indexes.values():
            self._do(statement)
        return changed

    def _poured(self, order: Upsert, rows: Any) -> int:
        """How many of the first rows an empty table took as they came; nothing is compared.

        It ends where somebody comes, and before a piece in which one is refused: its customer went
        since it was counted.
        """
        from adbc_driver_manager import Error

        for name, value in order.at_first.items():
            rows = rows.append_column(name, rows.column(value))
        first = 0
        while first < len(rows) and order.is_alone():
            piece = rows.slice(first, ROWS_POURED)
            try:
                with closing(self._connection.cursor()) as cursor:
                    cursor.adbc_ingest(order.table, piece, mode="append")
            except Error:
                # Refused at its end it is still open, refused before it is not.
                with suppress(Error):
                    self._do("ROLLBACK")
                break
            first += len(piece)
        return first

    def _merged(self, order: Upsert, rows: Any) -> int:
        """Rows laid beside those that are there: what differs is written."""
        with closing(self._connection.cursor()) as cursor:
            cursor.adbc_ingest("regulars_staged", rows, mode="create", temporary=True)
        changed = self._in_steps(order, len(rows))
        self._do("DROP TABLE temp.regulars_staged")
        return changed

    def settle(self) -> None:
        """Carry what was written to its place. Passive: it waits for nobody, and nobody for it."""
        self._number("PRAGMA wal_checkpoint(PASSIVE)")

    def _make_room(self, *pragmas: str) -> None:
        for pragma in pragmas:
            self._do(f"PRAGMA {pragma}")

    def _is_quicker_without(self, order: Upsert, is_alone: bool, rows: int) -> bool:
        """Rows in order of an index are written many times as fast as rows scattered over it."""
        if not (is_alone or rows <= ROWS_TO_INDEX_BESIDE_OTHERS):
            return False
        return not self._number(f'SELECT EXISTS (SELECT 1 FROM "{order.table}")')  # noqa: S608

    def _in_steps(self, order: Upsert, rows: int) -> int:
        """Short transactions: pages that write meanwhile wait for one step, not for all."""
        statement, changed, first = order.statement("IS NOT"), 0, 1
        while first <= rows and order.is_alone():
            first, more = self._until_somebody_comes(order, statement, first, rows)
            changed += more
        rows_at_once = ROWS_AT_ONCE
        while first <= rows:
            last = first + rows_at_once - 1
            self._do("BEGIN IMMEDIATE")
            began = time.monotonic()
            changed += self._put(statement, first, last)
            self._do("COMMIT")
            first, rows_at_once = last + 1, rows_next(rows_at_once, time.monotonic() - began)
            if first <= rows:
                time.sleep(SECONDS_BETWEEN)
        return changed

    def _until_somebody_comes(
        self, order: Upsert, statement: str, first: int, rows: int
    ) -> tuple[int, int]:
        """One transaction for as many as go into it; gives the next row, and how many changed.

        Whoever comes takes longer to start than what is at hand takes to be put away.
        """
        changed, last = 0, min(rows, first + MOST_ROWS - 1)
        self._do("BEGIN IMMEDIATE")
        began = time.monotonic()
        while first <= last and time.monotonic() - began < SECONDS_ALONE and order.is_alone():
            upto = min(last, first + ROWS_ALONE - 1)
            changed += self._put(statement, first, upto)
            first = upto + 1
        self._do("COMMIT")
        return first, changed

    def _put(self, statement: str, first: int, last: int) -> int:
        self._do(statement.format(where=f"rowid BETWEEN {first} AND {last}"))
        return self._number("SELECT changes()")

    def _do(self, statement: str) -> None:
        _do(self._connection, statement)

    def _number(self, select: str) -> int:
        return _number(self._connection, select)


def _do(connection: Any, statement: str) -> None:
    with closing(connection.cursor()) as cursor:
        cursor.execute(statement)


def _number(connection: Any, select: str) -> int:
    with closing(connection.cursor()) as cursor:
        cursor.execute(select)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _takes(pen: Any) -> bool:
    """Whether nobody else writes, and nobody will until this is closed."""
    from adbc_driver_manager import Error

    _do(pen, f"PRAGMA busy_timeout={PATIENCE_MS}")
    try:
        _do(pen, "BEGIN IMMEDIATE")
    except Error:
        return False
    return True


class PostgresBooks:
    def __init__(self, uri: str) -> None:
        from adbc_driver_postgresql import dbapi

        self._connection = dbapi.connect(uri, autocommit=False)
        self._is_reading = False

    def read(self, selects: list[str]) -> Iterator[Any]:
        if not self._is_reading:
            with closing(self._connection.cursor()) as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            self._is_reading = True
        return ahead([self._connection], selects)

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

    def settle(self) -> None:
        """Nothing is left to do: PostgreSQL carries its pages itself."""


def _as_sqlite(rows: Any) -> Any:
    """Days as the text in which Django keeps them."""
    import pyarrow as pa

    for place, column in enumerate(rows.schema):
        if pa.types.is_date(column.type):
            text = rows.column(place).cast(pa.string())
            rows = rows.set_column(place, column.name, text)
    return rows


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answer requests until the other end closes."""
    import pyarrow as pa

    opening = json.loads(incoming.readline())
    kind = SqliteBooks if opening["vendor"] == "sqlite" else PostgresBooks
    books: Books = kind(opening["uri"])
    for line in incoming:
        request = json.loads(line)
        if request["do"] == "read":
            send(books.read(request["selects"]), outgoing)
        elif request["do"] == "end_reading":
            books.end_reading()
        else:
            rows = pa.ipc.open_stream(incoming).read_all()
            order = Upsert(**{**request["order"], "among": tuple(request["order"]["among"])})
            count = books.upsert(order, rows) if len(rows) else 0
            outgoing.write(json.dumps({"changed": count}).encode() + b"\n")
            # Whoever asked goes on while pages are carried.
            outgoing.flush()
            books.settle()
        outgoing.flush()


if __name__ == "__main__":
    with lightly():
        serve(sys.stdin.buffer, sys.stdout.buffer)
