"""Two copies of SQLite in one process do not see each other's locks: hence the clerk's own."""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pytest
from django.db import connection, transaction

from regulars.core.bulk import rows_of, run_sql
from regulars.customers.models import Customer
from regulars.engines import clerk
from regulars.engines.clerk import SqliteBooks, Upsert, rows_next
from regulars.engines.opening import open_engine
from regulars.engines.streaming import send
from regulars.insight.models import CustomerFacts
from tests.engines.test_opening import kept, stored
from tests.factories.insight import make_stranger

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_clerk_waits_for_a_writer_of_ours() -> None:
    """A writer that it did not wait for would lose what one of the two had committed."""
    one = make_stranger().pk
    CustomerFacts.objects.create(customer_id=one, tier="new")
    writing, order = threading.Event(), []

    def hold_the_pen() -> None:
        try:
            with transaction.atomic():
                CustomerFacts.objects.update(tier="active")
                Customer.objects.update(about="ours")
                writing.set()
                time.sleep(0.7)
                order.append("we committed")
        finally:
            connection.close()

    with open_engine() as counter:
        writer = threading.Thread(target=hold_the_pen)
        writer.start()
        writing.wait()
        stored(counter, (one, None, None, "lost"))
        order.append("the clerk committed")
        writer.join()

    assert order == ["we committed", "the clerk committed"]
    assert kept() == [(one, None, None, "lost")]
    assert Customer.objects.get().about == "ours"


@pytest.mark.parametrize(
    ("rows", "seconds", "expected"),
    [(1_000, 0.04, 1_000), (1_000, 0.16, 250), (1_000, 0.001, 2_000), (200, 9.0, 100),
     (150_000, 0.001, 200_000)],
    ids=["as_many", "dear", "cheap", "very_dear", "very_cheap"],
)  # fmt: skip
def test_a_step_takes_as_many_rows_as_others_can_wait_for(
    rows: int, seconds: float, expected: int
) -> None:
    assert rows_next(rows, seconds) == expected


def test_by_itself_it_goes_on_until_somebody_comes(tmp_path: Path) -> None:
    ours, theirs = (os.open(tmp_path / "company.lock", os.O_CREAT | os.O_RDWR) for _ in range(2))
    fcntl.flock(ours, fcntl.LOCK_SH)
    books = Ticked(lambda: fcntl.flock(theirs, fcntl.LOCK_SH))

    books.upsert(Upsert("facts", "id", ("known", "id"), ["id"], company=ours), 10_000)

    # Two pieces go together; then somebody is there, and each step is a transaction of its own.
    assert books.pieces == [[2_000, 2_000], [1_000], [2_000], [4_000]]
    os.close(ours)
    os.close(theirs)


def test_whose_process_never_said_that_it_is_here_is_not_by_itself() -> None:
    assert not Upsert("facts", "id", ("known", "id"), company=None).is_alone()


class Ticked(SqliteBooks):
    """Books of no time at all, whose every transaction is kept; somebody comes at the second."""

    def __init__(self, comes: Callable[[], None]) -> None:
        self.pieces: list[list[int]] = []
        self._comes = comes

    def upsert(self, order: Upsert, rows: int) -> int:
        return self._in_steps(order, rows)

    def _put(self, _statement: str, first: int, last: int) -> int:
        self.pieces[-1].append(last - first + 1)
        if len(self.pieces[-1]) == 2:
            self._comes()
        return last - first + 1

    def _do(self, statement: str) -> None:
        if statement.startswith("BEGIN"):
            self.pieces.append([])


@pytest.fixture
def books(tmp_path: Path) -> Iterator[SqliteBooks]:
    """Ten rows in a file of their own, which only this copy of SQLite opens."""
    uri = f"file:{tmp_path / 'ten.sqlite3'}"
    for statement in (
        "PRAGMA journal_mode=WAL", "CREATE TABLE ten (n INTEGER)",
        "INSERT INTO ten VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)",
    ):  # fmt: skip
        written(uri, statement)
    yield (books := SqliteBooks(uri))
    books.end_reading()
    books.close()


def written(uri: str, *statements: str) -> None:
    from adbc_driver_sqlite import dbapi

    with closing(dbapi.connect(uri, autocommit=True)) as other, closing(other.cursor()) as cursor:
        for statement in statements:
            cursor.execute(statement)


PARTS = [f"SELECT n FROM ten WHERE n BETWEEN {low} AND {low + 2}" for low in (1, 4, 7, 10, 20)]


def sent(books: SqliteBooks, selects: list[str]) -> list[int]:
    return sorted(table_of(books, selects).column("n").to_pylist())


def table_of(books: SqliteBooks, selects: list[str]) -> pa.Table:
    pipe = BytesIO()
    send(books.read(selects), pipe)
    pipe.seek(0)
    return pa.ipc.open_stream(pipe).read_all()


def test_two_read_the_parts_of_a_table_and_see_the_same_books(
    books: SqliteBooks, tmp_path: Path
) -> None:
    uri, everything = f"file:{tmp_path / 'ten.sqlite3'}", list(range(1, 11))

    seen = sent(books, PARTS)
    written(uri, "UPDATE ten SET n = n + 100")

    assert len(books._readers) == 2
    assert (seen, sent(books, PARTS), sent(books, PARTS[3:])) == (everything, everything, [10])
    books.end_reading()
    assert sent(books, ["SELECT n FROM ten"]) == [n + 100 for n in everything]
    assert len(books._readers) == 1


def test_where_somebody_writes_for_long_one_reads_alone(books: SqliteBooks, tmp_path: Path) -> None:
    from adbc_driver_sqlite import dbapi

    with closing(dbapi.connect(f"file:{tmp_path / 'ten.sqlite3'}", autocommit=True)) as other:
        with closing(other.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")

        seen = sent(books, PARTS)

    assert (len(books._readers), seen) == (1, list(range(1, 11)))


def test_a_part_that_cannot_be_read_fails_the_whole(books: SqliteBooks) -> None:
    pipe = BytesIO()

    with pytest.raises(Exception, match="no such column"):
        send(books.read([*PARTS, "SELECT m FROM ten"]), pipe)


@pytest.mark.parametrize("gone", [None, 4], ids=["all_are_there", "one_went"])
def test_by_itself_an_empty_table_takes_rows_as_they_come(
    books: SqliteBooks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: int | None
) -> None:
    """Of five with pieces of two: where one is refused, its piece and the rest are laid beside."""
    monkeypatch.setattr(clerk, "ROWS_POURED", 2)
    uri = f"file:{tmp_path / 'ten.sqlite3'}"
    # As Django keeps it: whether the customer is there is asked at the end.
    whose = "INTEGER PRIMARY KEY REFERENCES known DEFERRABLE INITIALLY DEFERRED"
    for statement in (
        "CREATE TABLE known (id INTEGER PRIMARY KEY)", "INSERT INTO known SELECT n FROM ten",
        f"CREATE TABLE facts (id {whose}, tier TEXT, known_tier TEXT DEFAULT '')",
        f"DELETE FROM known WHERE id = {gone or 0}",
    ):  # fmt: skip
        written(uri, statement)
    rows = pa.table({"id": [1, 2, 3, 4, 5], "tier": ["core", "new", "lost", "core", "new"]})
    ours = os.open(tmp_path / "company.lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(ours, fcntl.LOCK_SH)
    merged: list[int] = []
    monkeypatch.setattr(books, "_merged", _told(books._merged, merged))
    order = Upsert(
        "facts", "id", ("known", "id"), ["id", "tier"], {"known_tier": "tier"}, ours,
        {"facts_by_tier": "CREATE INDEX facts_by_tier ON facts (tier)"},
    )  # fmt: skip

    changed = books.upsert(order, rows)

    there = [n for n in range(1, 6) if n != gone]
    assert (changed, merged) == (len(there), [3] if gone else [])
    stands = table_of(books, ["SELECT id, tier, known_tier FROM facts ORDER BY id"]).to_pylist()
    tiers = dict(zip(rows["id"].to_pylist(), rows["tier"].to_pylist(), strict=True))
    assert stands == [{"id": n, "tier": tiers[n], "known_tier": tiers[n]} for n in there]
    os.close(ours)


def _told(merge: Callable[[Upsert, pa.Table], int], of: list[int]) -> Callable[..., int]:
    def told(order: Upsert, rows: pa.Table) -> int:
        of.append(len(rows))
        return merge(order, rows)

    return told


INDEX = "CREATE INDEX facts_by_first_day ON insight_customerfacts (first_on)"


@pytest.mark.only_on("sqlite")
def test_an_empty_table_is_filled_first_and_indexed_then() -> None:
    one, two = make_stranger().pk, make_stranger().pk
    indexes = {"facts_by_first_day": INDEX}

    try:
        with open_engine() as counter:
            stored(counter, (one, date(2026, 2, 28), None, "new"), indexes=indexes)
        run_sql("DROP INDEX facts_by_first_day")
        with open_engine() as counter:
            stored(counter, (two, date(2026, 3, 1), None, "new"), indexes=indexes)

        # The table held a row already: its indexes were left alone.
        assert rows_of("SELECT 1 FROM sqlite_master WHERE name = 'facts_by_first_day'") == []
        assert rows_of("PRAGMA integrity_check") == [("ok",)]
        assert [row[0] for row in kept()] == [one, two]
    finally:
        run_sql("DROP INDEX IF EXISTS facts_by_first_day")
