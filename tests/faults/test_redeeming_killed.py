"""Tills killed at every step: a code is used as often as it may be, and never once more."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.agent import ROOT, fresh_database
from tests.faults.expected import DATABASES
from tests.faults.redeeming import CUSTOMERS, STOCK, USES
from tests.servers import scratch_postgres

CHOOSING = ("choose.piece:2", "codes.written:2")
# Each is a till that dies in the middle of one use or the other, while the others go on.
TILLS = ("redeem.written:1", "redeem.before_commit:1", "redeem.before_commit:2")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with scratch_postgres(Path(sys.prefix)) as url:
        yield url


@pytest.mark.parametrize("database", DATABASES)
def test_killed_anywhere_a_code_is_used_no_more_often_than_it_may_be(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    url = ""
    if database != "sqlite":
        url = fresh_database(request.getfixturevalue("server"), "redeeming_killed")
    assert _run(tmp_path, url, "fill") == 0
    ended = [_run(tmp_path, url, "keep", fault=f"{point}:kill9") for point in CHOOSING]
    assert (ended, _run(tmp_path, url, "keep")) == ([-9, -9], 0)
    assert _asked(tmp_path, url, "SELECT count(*), count(DISTINCT customer_id) FROM"
                  " offers_code WHERE offer_id = 1") == (CUSTOMERS, CUSTOMERS)  # fmt: skip

    with ThreadPoolExecutor(3) as tills:
        died = list(
            tills.map(lambda point: _run(tmp_path, url, "use", "1", fault=f"{point}:kill9"), TILLS)
        )
    assert -9 in died
    half = _left(tmp_path, url)
    assert _run(tmp_path, url, "use", "10") == 0

    # What a till had in hand when it died is used or not, and never half.
    assert (half["own used"] + half["own left"], half["shared used"] + half["shared left"]) == (
        USES, STOCK,
    )  # fmt: skip
    assert _left(tmp_path, url) == {
        "own used": USES, "own left": 0, "shared used": STOCK, "shared left": 0
    }  # fmt: skip


def _left(home: Path, url: str) -> dict[str, int]:
    asked = {
        "own used": "SELECT count(*) FROM offers_redemption WHERE offer_id = 1",
        "own left": "SELECT uses_left FROM offers_code WHERE offer_id = 1 AND customer_id = 1",
        "shared used": "SELECT count(*) FROM offers_redemption WHERE offer_id = 2",
        "shared left": "SELECT common_left FROM offers_offer WHERE id = 2",
    }
    return {name: int(_asked(home, url, sql)[0]) for name, sql in asked.items()}


def _run(home: Path, url: str, *words: str, fault: str = "") -> int:
    env = {
        **os.environ, "REGULARS_HOME": str(home), "DATABASE_URL": url, "REGULARS_FAULT": fault
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.faults.redeeming", *words]
    return subprocess.run(command, env=env, cwd=ROOT, timeout=300, check=False).returncode


def _asked(home: Path, url: str, sql: str) -> Any:
    if url:
        with psycopg.connect(url) as server:
            return server.execute(sql).fetchone()
    file = f"file:{home / 'regulars.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as opened:
        return opened.execute(sql).fetchone()
