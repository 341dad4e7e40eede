"""Asking after deliveries, killed at every step: none is lost, and nobody is asked twice."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.agent import ROOT, fresh_database
from tests.faults.checking_in import CUSTOMERS
from tests.faults.expected import DATABASES
from tests.servers import scratch_postgres

POINTS = (
    "checkins.between:2", "checkins.before_commit:1", "checkins.after_chunk:2",
    "checkins.written:2", "checkins.asked:1",
)  # fmt: skip
ORDERS = CUSTOMERS + CUSTOMERS // 2


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with scratch_postgres(Path(sys.prefix)) as url:
        yield url


@pytest.mark.parametrize("database", DATABASES)
def test_killed_anywhere_each_delivery_is_asked_after_once(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    url = ""
    if database != "sqlite":
        url = fresh_database(request.getfixturevalue("server"), "checking_in_killed")
    assert _run(tmp_path, url, "fill") == 0

    # One after the other on the same rows: each finds what the one before left half done.
    ended = [_run(tmp_path, url, fault=f"{point}:kill9") for point in POINTS]
    assert _run(tmp_path, url) == 0

    assert ended == [-9] * len(POINTS)
    assert _asked(tmp_path, url, "SELECT count(*), count(DISTINCT order_id) FROM"
                  " care_checkinorder") == (ORDERS, ORDERS)  # fmt: skip
    assert _asked(tmp_path, url, "SELECT count(*), count(DISTINCT customer_id),"
                  " count(DISTINCT message_id) FROM care_checkin WHERE state = 'asked'"
                  ) == (CUSTOMERS, CUSTOMERS, CUSTOMERS)  # fmt: skip
    assert _asked(tmp_path, url, "SELECT count(*), count(DISTINCT occasion) FROM"
                  " messaging_message") == (CUSTOMERS, CUSTOMERS)  # fmt: skip


def _run(home: Path, url: str, *words: str, fault: str = "") -> int:
    env = {
        **os.environ, "REGULARS_HOME": str(home), "DATABASE_URL": url, "REGULARS_FAULT": fault
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.faults.checking_in", *words]
    return subprocess.run(command, env=env, cwd=ROOT, timeout=300, check=False).returncode


def _asked(home: Path, url: str, sql: str) -> Any:
    if url:
        with psycopg.connect(url) as server:
            return server.execute(sql).fetchone()
    file = f"file:{home / 'regulars.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as opened:
        return opened.execute(sql).fetchone()
