"""Two copies of SQLite in one process do not see each other's locks: hence the clerk's own."""

import fcntl
import os
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction

from regulars.core.bulk import rows_of, run_sql
from regulars.customers.models import Customer
from regulars.engines.clerk import SqliteBooks, Upsert, rows_next
from regulars.engines.opening import open_engine
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
