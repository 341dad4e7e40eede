"""A database that is full or read-only is said in words, and everything goes on by itself."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.db.utils import ConnectionHandler
from django.test import Client

from regulars.core import database_trouble, jobs
from regulars.core.database_trouble import Trouble, trouble_now, trouble_of
from regulars.core.jobs import RunningJob
from regulars.core.models import Job
from tests.factories.team import make_business, make_member

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def pragma(name: str, value: object, back: object) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name} = {value}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {name} = {back}")


@contextmanager
def full() -> Iterator[None]:
    with connection.cursor() as cursor:
        # No page that an earlier test has left free, and not one more than there are.
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
    with pragma("max_page_count", pages, 1_073_741_823):
        yield


@contextmanager
def read_only() -> Iterator[None]:
    if connection.vendor == "sqlite":
        with pragma("query_only", 1, 0):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET default_transaction_read_only = off")


def test_a_database_that_takes_what_is_written_has_no_trouble() -> None:
    assert trouble_now() is None
    assert "core_probe" not in connection.introspection.table_names()


# PostgreSQL has no such switch.
@pytest.mark.only_on("sqlite")
def test_a_full_database_says_so() -> None:
    with full():
        assert trouble_now() is Trouble.FULL
    assert trouble_now() is None


def test_a_read_only_database_says_so() -> None:
    with read_only():
        assert trouble_now() is Trouble.READ_ONLY
    assert trouble_now() is None


def test_a_read_only_file_says_so(tmp_path: object) -> None:
    file = f"{tmp_path}/there.sqlite3"
    with closing(sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE one (n)")
    with (
        closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as opened,
        pytest.raises(sqlite3.OperationalError) as raised,
    ):
        opened.execute("INSERT INTO one VALUES (1)")

    assert trouble_of(OperationalError(raised.value)) is None
    assert trouble_of(raised.value) is Trouble.READ_ONLY


def test_another_error_is_no_trouble_of_the_database() -> None:
    assert trouble_of(ValueError("database or disk is full")) is None
    assert trouble_of(None) is None


def test_a_page_says_that_nothing_can_be_kept() -> None:
    make_business()
    here = Client(raise_request_exception=False)
    here.force_login(make_member("owner"))
    here.get("/team/")

    with read_only():
        answer = here.post(
            "/team/closed-days", {"starts_on": "2026-12-24", "ends_on": "2026-12-26"}
        )

    assert answer.status_code == 503
    assert b"can be read but not written to" in answer.content
    again = here.post("/team/closed-days", {"starts_on": "2026-12-24", "ends_on": "2026-12-26"})
    assert again.status_code == 302


# PostgreSQL has no such switch.
@pytest.mark.only_on("sqlite")
def test_a_worker_goes_on_by_itself_once_there_is_room(at: datetime) -> None:
    @jobs.job("tests.write")
    def write(running: RunningJob, _at: datetime) -> None:
        running.write(result={"held": "x" * 500_000})

    try:
        job = jobs.enqueue("tests.write", at=at)
        claimed = jobs.claim("here", at=at)
        assert claimed is not None
        with full():
            stumbled = jobs.run(claimed, at=at)
        assert (stumbled.state, stumbled.tries) == (Job.State.WAITING, 1)

        Job.objects.update(due_at=at)
        once_more = jobs.claim("here", at=at)
        assert once_more is not None
        assert (once_more.id, jobs.run(once_more, at=at).state) == (job.pk, Job.State.DONE)
    finally:
        jobs._handlers.pop("tests.write")


@pytest.mark.parametrize("spoilt", [b"no database at all" * 300, None], ids=["another", "spoilt"])
def test_a_damaged_file_says_so(tmp_path: Path, spoilt: bytes | None) -> None:
    file = tmp_path / "there.sqlite3"
    with closing(sqlite3.connect(file)) as made:
        made.execute("CREATE TABLE one (n)")
        made.executemany("INSERT INTO one VALUES (?)", [["x" * 900]] * 40)
        made.commit()
    whole = file.read_bytes()
    file.write_bytes(spoilt or whole[:4096] + b"\xff" * 4096 + whole[8192:])
    with (
        closing(sqlite3.connect(file)) as opened,
        pytest.raises(sqlite3.DatabaseError) as raised,
    ):
        opened.execute("SELECT sum(length(n)) FROM one").fetchall()

    assert trouble_of(raised.value) is Trouble.DAMAGED


@pytest.mark.only_on("sqlite")
def test_a_page_that_is_spoilt_is_found_before_anybody_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written is taken still; only who looks through all of it sees the damage."""
    file = tmp_path / "there.sqlite3"
    beside = ConnectionHandler(
        {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file)}}
    )["default"]
    with beside.cursor() as cursor:
        cursor.execute("CREATE TABLE one (n)")
        cursor.executemany("INSERT INTO one VALUES (%s)", [["x" * 900]] * 40)
    beside.close()
    monkeypatch.setattr(database_trouble, "connection", beside)
    whole = trouble_now()
    beside.close()
    kept = file.read_bytes()
    file.write_bytes(kept[: 4096 * 5] + b"\xff" * 4096 + kept[4096 * 6 :])

    found = trouble_now()

    beside.close()
    assert (whole, found) == (None, Trouble.DAMAGED)
