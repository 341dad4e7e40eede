"""Undoing that is killed goes on where it was, and ends as if it had not been (RELIABILITY K15)."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

REGULARS = Path(sys.executable).parent / "regulars"
CUSTOMERS = 5_000
TABLES = ("customers_customer", "customers_reference", "customers_contactpoint")


def regulars(home: Path, *words: str, fault: str = "") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "REGULARS_HOME": str(home), "DATABASE_URL": "", "REGULARS_FAULT": fault}
    return subprocess.run(
        [REGULARS, *words], env=env, text=True, capture_output=True, check=False, timeout=300
    )


def contents(home: Path) -> list[list[tuple[object, ...]]]:
    with sqlite3.connect(f"file:{next(home.glob('*.sqlite3'))}?mode=ro", uri=True) as database:
        return [
            database.execute(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in TABLES
        ]


def write_list(file: Path, upper: int, note: str) -> Path:
    rows = [f"{n},Ruth Calloway {n},ruth{n}@example.com,{note}" for n in range(1, upper + 1)]
    file.write_text("id,Name,Email,Note\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return file


# What was changed goes back first, then the newest stretch of customers goes with what is theirs.
@pytest.mark.parametrize("nth", [1, 2])
def test_killed_undoing_goes_on_where_it_was(tmp_path: Path, nth: int) -> None:
    home = tmp_path / "home"
    regulars(home, "init")
    first = write_list(tmp_path / "first.csv", CUSTOMERS // 5, "rye")
    regulars(home, "import", "customers", str(first), "--source", "till")
    before = contents(home)
    second = write_list(tmp_path / "second.csv", CUSTOMERS, "spelt")
    told = regulars(home, "import", "customers", str(second), "--source", "till", "--json")
    number = str(json.loads(told.stdout)["import_id"])

    killed = regulars(home, "imports", "undo", number, fault=f"undo.settled:{nth}:kill9")
    half = contents(home)
    whole = regulars(home, "imports", "undo", number, "--json")
    again = regulars(home, "imports", "undo", number)

    assert killed.returncode == -9
    assert half != before
    assert contents(home) == before
    report = json.loads(whole.stdout)
    assert (report["put_back"], report["in_use"], report["left"]) == (CUSTOMERS // 5, 0, 0)
    assert (again.returncode, "has been undone already" in again.stderr) == (1, True)
