"""An import whose process is killed: the same file again makes it whole, and doubles nothing."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

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


def started(home: Path, *words: str) -> subprocess.Popen[str]:
    env = {**os.environ, "REGULARS_HOME": str(home), "DATABASE_URL": ""}
    pipe = subprocess.PIPE
    return subprocess.Popen([REGULARS, *words], env=env, text=True, stdout=pipe, stderr=pipe)


def finished(home: Path, *words: str) -> Any:
    process = started(home, *words)
    out, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return json.loads(out) if "--json" in words else None


def counts(home: Path) -> tuple[int, int, int]:
    with sqlite3.connect(f"file:{next(home.glob('*.sqlite3'))}?mode=ro", uri=True) as database:
        return tuple(
            database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("customers_customer", "orders_order", "orders_orderline")
        )


@pytest.mark.parametrize("reached", ["customers", "orders", "lines"])
def test_a_killed_import_is_made_whole_by_the_same_file(
    tmp_path: Path, till: Path, reached: str
) -> None:
    home = tmp_path / "home"
    finished(home, "init")
    at = ("customers", "orders", "lines").index(reached)
    process = started(home, "import", "orders", str(till))
    deadline = time.monotonic() + 120
    while process.poll() is None and not counts(home)[at] and time.monotonic() < deadline:
        time.sleep(0.002)
    process.kill()
    process.communicate()
    rows = CUSTOMERS * PER_CUSTOMER
    whole = (CUSTOMERS, rows, rows)
    # Otherwise the kill came too late to show anything.
    assert counts(home)[at] > 0
    assert counts(home) != whole

    report = finished(home, "import", "orders", str(till), "--json")
    again = finished(home, "import", "orders", str(till), "--json")

    assert counts(home) == whole
    assert (report["rows"], report["rejected"]) == (rows, 0)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, rows)
