"""An import whose process is killed: the same file again makes it whole, and doubles nothing."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.agent import fresh_database
from tests.faults.expected import DATABASES
from tests.servers import scratch_postgres

REGULARS = Path(sys.executable).parent / "regulars"
CUSTOMERS, PER_CUSTOMER = 5_000, 4


@pytest.fixture
def till(tmp_path: Path) -> Path:
    file = tmp_path / "till.csv"
    with file.open("w", encoding="utf-8") as out:
        out.write("Order,Date,Customer ID,Item,Price\n")
        for nth in range(CUSTOMERS * PER_CUSTOMER):
            out.write(f"o{nth},2026-0{1 + nth % 9}-11,k{nth % CUSTOMERS},Loaf,3.40\n")
    return file


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with scratch_postgres(Path(sys.prefix)) as url:
        yield url


@pytest.fixture
def url(request: pytest.FixtureRequest, database: str) -> str:
    """The database that a test is parametrised with: a file in its folder, or a server's."""
    if database == "sqlite":
        return ""
    return fresh_database(request.getfixturevalue("server"), "import_killed")


def started(home: Path, url: str, *words: str, fault: str = "") -> subprocess.Popen[str]:
    env = {
        **os.environ, "REGULARS_HOME": str(home), "DATABASE_URL": url, "REGULARS_FAULT": fault
    }  # fmt: skip
    pipe = subprocess.PIPE
    return subprocess.Popen([REGULARS, *words], env=env, text=True, stdout=pipe, stderr=pipe)


def finished(home: Path, url: str, *words: str) -> Any:
    process = started(home, url, *words)
    out, said = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return json.loads(out) if "--json" in words else None


def counts(home: Path, url: str) -> tuple[int, ...]:
    asked = [
        f"SELECT count(*) FROM {table}"
        for table in ("customers_customer", "orders_order", "orders_orderline")
    ]
    if url:
        with psycopg.connect(url) as server:
            return tuple((server.execute(sql).fetchone() or (0,))[0] for sql in asked)
    file = f"file:{home / 'regulars.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as opened:
        return tuple(opened.execute(sql).fetchone()[0] for sql in asked)


# After which step the process dies: in the midst of each kind of row.
REACHED = {"customers": 1, "orders": 8, "lines": 15}


@pytest.mark.parametrize(("database", "reached"), list(product(DATABASES, REACHED)))
def test_a_killed_import_is_made_whole_by_the_same_file(
    tmp_path: Path, till: Path, url: str, database: str, reached: str
) -> None:
    """K15."""
    home = tmp_path / "home"
    finished(home, url, "init")
    rows = CUSTOMERS * PER_CUSTOMER
    whole = (CUSTOMERS, rows, rows)

    fault = f"import.step:{REACHED[reached]}:kill9"
    process = started(home, url, "import", "orders", str(till), fault=fault)
    process.communicate(timeout=600)
    half = counts(home, url)
    report = finished(home, url, "import", "orders", str(till), "--json")
    again = finished(home, url, "import", "orders", str(till), "--json")

    at = list(REACHED).index(reached)
    assert process.returncode == -9
    assert 0 < half[at] < whole[at]
    assert counts(home, url) == whole
    assert (report["rows"], report["rejected"]) == (rows, 0)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, rows)
