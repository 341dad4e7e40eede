"""RELIABILITY 3.1, torn WAL: a log cut or spoilt anywhere opens at the last whole transaction.

What SQLite had not folded into the file yet stands in its log; a machine that loses its power may
leave a part of that. Each transaction here is one action of the product, and says how long the log
was when it was committed, so that for every cut it is known what must be there.
"""

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.test_copied_instance import ROOT, env_of, run

ADDED, MARKED_AFTER, CUTS = 30, 12, 200
# https://www.sqlite.org/fileformat.html#the_write_ahead_log
HEADER, FRAME = 32, 24 + 4096
WRITE = f"""
import os
from pathlib import Path
import django
django.setup()
from django.conf import settings
from django.db import connection
from regulars.core import clock, instance
from regulars.core.actor import COMMAND
from regulars.customers.actions.people import Named, add_customer
from regulars.customers.choices import Kind, PointKind
log = Path(str(connection.settings_dict["NAME"]) + "-wal")
with connection.cursor() as cursor:
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cursor.execute("PRAGMA wal_autocheckpoint = 0")
for nth in range({ADDED}):
    if nth == {MARKED_AFTER}:
        instance.mark(at_least_every=0)
    add_customer(Named(Kind.PERSON, f"Guest {{nth}}", "", ""), by=COMMAND, at=clock.now(),
                 reach=(PointKind.EMAIL, f"guest{{nth}}@x.example"))
    print(log.stat().st_size, flush=True)
os._exit(9)
"""


@dataclass(frozen=True)
class Left:
    """What a process that was killed has left, and how long the log was after each of its rows."""

    home: Path
    file: bytes
    log: bytes
    lengths: list[int]

    def kept(self, length: int) -> int:
        """How many rows were whole when the log was so long."""
        return sum(one <= length for one in self.lengths)

    def put_back(self, log: bytes) -> None:
        """As a machine finds it that comes back: the file, and so much of the log."""
        live = self.home / "regulars.sqlite3"
        live.write_bytes(self.file)
        live.with_name(f"{live.name}-shm").unlink(missing_ok=True)
        live.with_name(f"{live.name}-wal").write_bytes(log)

    def found(self, folder: Path, log: bytes) -> tuple[int, ...]:
        """How many customers, ways to reach them and entries in the audit such a log leaves."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "it.sqlite3").write_bytes(self.file)
        (folder / "it.sqlite3-wal").write_bytes(log)
        with closing(sqlite3.connect(folder / "it.sqlite3")) as opened:
            assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert opened.execute("PRAGMA foreign_key_check").fetchall() == []
            return tuple(
                opened.execute(f"SELECT count(*) FROM {rows}").fetchone()[0]
                for rows in (
                    "customers_customer", "customers_contactpoint",
                    "core_auditentry WHERE verb = 'added'",
                )
            )  # fmt: skip


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    home = tmp_path_factory.mktemp("torn") / "home"
    home.mkdir()
    run(home, "init")
    run(home, "release", "--json")
    done = subprocess.run(
        [sys.executable, "-c", WRITE], env=env_of(home), cwd=ROOT, check=False, text=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert done.returncode == 9
    live = home / "regulars.sqlite3"
    log = live.with_name(f"{live.name}-wal").read_bytes()
    lengths = [int(line) for line in done.stdout.split()]
    assert (len(lengths), sorted(set(lengths))) == (ADDED, lengths)
    return Left(home, live.read_bytes(), log, lengths)


def flipped(log: bytes, at: int) -> bytes:
    return log[:at] + bytes([log[at] ^ 0xFF]) + log[at + 1 :]


def zeroed(log: bytes, since: int) -> bytes:
    return log[:since] + bytes(len(log) - since)


# A spoilt log, and up to where what it holds is whole.
Spoilt = tuple[bytes, int]
WAYS: dict[str, Callable[[bytes, list[int]], Spoilt]] = {
    "whole": lambda log, _ends: (log, len(log)),
    "gone": lambda _log, _ends: (b"", 0),
    "cut within its header": lambda log, _ends: (log[:16], 0),
    "its header spoilt": lambda log, _ends: (flipped(log, 9), 0),
    "cut within the first frame": lambda log, _ends: (log[: HEADER + 100], 0),
    "cut between two frames": lambda log, ends: (log[: ends[9] + FRAME], ends[9]),
    "cut within a frame": lambda log, ends: (log[: ends[9] + FRAME + 1000], ends[9]),
    "a byte too short": lambda log, ends: (log[: ends[14] - 1], ends[13]),
    "cut after a whole one": lambda log, ends: (log[: ends[14]], ends[14]),
    "a byte of the last one spoilt": lambda log, ends: (flipped(log, len(log) - 7), ends[-2]),
    "a byte in the middle spoilt": lambda log, ends: (flipped(log, ends[20] + 2000), ends[20]),
    "empty from the middle on": lambda log, ends: (zeroed(log, ends[20] + 5000), ends[20]),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_torn_log_opens_at_the_last_whole_transaction(
    left: Left, tmp_path: Path, way: str
) -> None:
    log, whole = WAYS[way](left.log, left.lengths)

    found = left.found(tmp_path / "there", log)

    assert found == (left.kept(whole),) * 3
    # Nothing is lost but what the cut has taken: with all of the log, all that was said is there.
    assert (found[0] == ADDED) == (way == "whole")


def test_wherever_it_is_cut_or_spoilt_every_row_before_that_is_there(
    left: Left, tmp_path: Path
) -> None:
    chance = random.Random(11)
    for _cut in range(CUTS):
        at = chance.randrange(len(left.log))
        log = chance.choice((left.log[:at], flipped(left.log, at), zeroed(left.log, at)))

        found = left.found(tmp_path / "there", log)

        # Within the bytes that a frame does not check, a spoilt one may do no harm.
        most = left.kept(len(left.log) if len(log) == len(left.log) else at)
        assert left.kept(at) <= found[0] <= most, at
        assert found == (found[0],) * 3, at


@pytest.mark.parametrize(("rows", "is_held"), [(MARKED_AFTER - 2, True), (ADDED - 2, False)],
                         ids=["before the last mark", "after it"])  # fmt: skip
def test_the_doctor_says_when_a_database_has_gone_back_in_time(
    left: Left, rows: int, is_held: bool
) -> None:
    """What had left since is not known any more: nothing leaves until a person has looked."""
    left.put_back(left.log[: left.lengths[rows - 1] + 100])

    said = doctor_of(left.home)

    earlier = (
        "Nothing leaves this instance. This instance stands at an earlier state: it was restored."
    )
    assert (earlier in said) == is_held
    assert not any("damaged" in sentence for sentence in said)


def test_a_damaged_file_is_said_and_replaced_by_a_backup(left: Left, tmp_path: Path) -> None:
    left.put_back(left.log)
    run(left.home, "backup", "--to", str(tmp_path))
    (kept,) = tmp_path.glob("*.backup")
    spoilt = random.Random(11).randbytes(100 * 4096)
    with (left.home / "regulars.sqlite3").open("r+b") as file:
        file.seek(20 * 4096)
        file.write(spoilt)

    said = doctor_of(left.home)
    run(left.home, "restore", str(kept), "--replace")

    assert said == ["The database is damaged."]
    with closing(sqlite3.connect(left.home / "regulars.sqlite3")) as opened:
        assert opened.execute("SELECT count(*) FROM customers_customer").fetchone() == (ADDED,)
    (aside,) = left.home.glob("before_restore_*")
    assert spoilt in (aside / "regulars.sqlite3").read_bytes()


def doctor_of(home: Path) -> list[str]:
    """The sentences of `regulars doctor`."""
    regulars = Path(sys.executable).parent / "regulars"
    done = subprocess.run(
        [regulars, "doctor", "--json"], env=env_of(home), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode in {0, 1}, done.stderr
    return [one["sentence"] for one in json.loads(done.stdout)["findings"]]
