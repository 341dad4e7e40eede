"""RELIABILITY K18: backup, restore and upgrade killed at each point: old or new, never mixed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.servers import scratch_postgres

REGULARS = Path(sys.executable).parent / "regulars"
BACKUP_POINTS = (
    "begun", "dumped", "half_packed", "packed", "unpacked", "loaded", "checked", "kept",
    "ledgers_copied", "done",
)  # fmt: skip
BEFORE_THE_JOURNAL = ("begun", "unpacked", "loaded", "migrated", "replayed", "held")
AFTER_THE_JOURNAL = ("begun_exchange", "moved", "exchanged", "done")
STATE = "INSERT INTO core_eventcursor (name, last_event_id) VALUES ('test:state', {})"
FIRST, SECOND = 1, 2


@dataclass(frozen=True)
class Place:
    """An instance of its own, driven from the shell."""

    home: Path
    url: str

    def run(self, *words: str, fault: str = "") -> "subprocess.CompletedProcess[str]":
        env = {
            **os.environ, "REGULARS_HOME": str(self.home), "DATABASE_URL": self.url,
            "REGULARS_FAULT": fault, "REGULARS_BACKUPS": "",
        }  # fmt: skip
        return subprocess.run(
            [REGULARS, *words], env=env, text=True, capture_output=True, timeout=120, check=False
        )

    def told(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def killed(self, *words: str, fault: str) -> None:
        done = self.run(*words, fault=fault)
        # Otherwise the point was never reached, and the test would show nothing.
        assert done.returncode == -signal.SIGKILL, done.stderr

    def sql(self, command: str) -> list[Any]:
        if self.url:
            with psycopg.connect(self.url, autocommit=True) as database:
                cursor = database.execute(command)
                return cursor.fetchall() if cursor.description else []
        with closing(sqlite3.connect(self.home / "regulars.sqlite3")) as file:
            rows = file.execute(command).fetchall()
            file.commit()
            return rows

    def become(self, state: int) -> None:
        """Another state of database, files and keys at once."""
        self.sql("DELETE FROM core_eventcursor WHERE name = 'test:state'")
        self.sql(STATE.format(state))
        for name in ("files/state.txt", "keys/state.key"):
            (self.home / name).parent.mkdir(exist_ok=True)
            (self.home / name).write_text(str(state))

    def state(self) -> set[int]:
        """Of what state database, files and keys are: one member unless they are mixed."""
        rows = self.sql("SELECT last_event_id FROM core_eventcursor WHERE name = 'test:state'")
        names = ("files/state.txt", "keys/state.key")
        return {rows[0][0]} | {int((self.home / name).read_text()) for name in names}

    def backups(self) -> list[Path]:
        return sorted((self.home / "backups").glob("*.backup"))

    def leftovers(self) -> list[str]:
        parts = [path.name for path in (self.home / "backups").glob("*.part")]
        scratch = [path.name for path in self.home.glob("scratch-*")]
        asked = "SELECT datname FROM pg_database WHERE datname LIKE '%\\_check'"
        return [*parts, *scratch, *(row[0] for row in (self.sql(asked) if self.url else []))]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with scratch_postgres(Path(sys.prefix)) as url:
        yield url


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An instance with a backup of its first state, which stands in its second now."""
    url = _database(request, "killed") if request.param == "postgres" else ""
    made = Place(tmp_path_factory.mktemp(request.param), url)
    assert made.run("init").returncode == 0
    made.become(FIRST)
    (made.home / "first.backup").write_bytes(Path(made.told("backup")["file"]).read_bytes())
    made.become(SECOND)
    (made.home / "second.backup").write_bytes(Path(made.told("backup")["file"]).read_bytes())
    return made


def _database(request: pytest.FixtureRequest, name: str) -> str:
    url: str = request.getfixturevalue("server")
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(f"DROP DATABASE IF EXISTS {name}")
        database.execute(f"CREATE DATABASE {name}")
    return url.removesuffix("/postgres") + f"/{name}"


@pytest.mark.parametrize("point", BACKUP_POINTS)
def test_what_a_killed_backup_leaves_restores_or_does_not_count(place: Place, point: str) -> None:
    place.become(SECOND)
    for file in place.backups():
        file.unlink()

    place.killed("backup", fault=f"backup.{point}:1:kill9")

    for file in place.backups():
        assert place.told("restore", str(file), "--drill")["rows"] > 0
    assert place.state() == {SECOND}
    assert place.told("backup")["rows"] > 0
    assert place.leftovers() == []


@pytest.mark.parametrize("point", [*BEFORE_THE_JOURNAL, *AFTER_THE_JOURNAL])
def test_a_killed_restore_leaves_the_old_or_the_new_and_holds_the_new(
    place: Place, point: str
) -> None:
    _stand_in_second(place)

    place.killed(
        "restore", str(place.home / "first.backup"), "--replace", fault=f"restore.{point}:1:kill9"
    )

    held = place.told("release")["why"]
    expected = (SECOND, "") if point in BEFORE_THE_JOURNAL else (FIRST, "restored")
    assert (place.state(), held) == ({expected[0]}, expected[1])


@pytest.mark.parametrize("nth", [2, 3, 4])
def test_a_restore_killed_between_two_moves_is_finished_by_whoever_starts_next(
    place: Place, nth: int
) -> None:
    _stand_in_second(place)

    place.killed(
        "restore", str(place.home / "first.backup"), "--replace",
        fault=f"restore.moved:{nth}:kill9",
    )  # fmt: skip

    assert place.told("release")["why"] == "restored"
    assert place.state() == {FIRST}


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_an_upgrade_killed_at_ten_points_goes_on_where_it_stopped(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    """Nothing acts on a half-made database; the next “init” makes it whole."""
    url = _database(request, "upgraded") if kind == "postgres" else ""
    place = Place(tmp_path, url)

    for _kill in range(10):
        # Each start comes a few steps further before it is killed.
        place.killed("init", fault="migration.step:9:kill9")
        refused = place.run("release", "--json")
        assert (refused.returncode, refused.stdout) == (1, "")

    assert place.run("init").returncode == 0
    assert place.told("release") == {"why": "", "waiting": [], "released": False} | {
        "waiting": place.told("release")["waiting"]
    }
    place.become(FIRST)
    assert place.state() == {FIRST}


def _stand_in_second(place: Place) -> None:
    if place.state() != {SECOND}:
        assert place.run("restore", str(place.home / "second.backup"), "--replace").returncode == 0
    place.told("release", "--as-successor")
    assert (place.state(), place.told("release")["why"]) == ({SECOND}, "")
