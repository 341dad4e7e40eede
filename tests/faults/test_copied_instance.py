"""RELIABILITY F10, D4: copied, cloned, moved instances start with racing senders: nothing leaves.

`REGULARS_TEST_STARTS` says how many starts; `./dev faults` makes ten unless told otherwise.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

REGULARS = Path(sys.executable).parent / "regulars"
STARTS = int(os.environ.get("REGULARS_TEST_STARTS", "10"))
RACING = (["send", "--keep-on"], ["send", "--keep-on"], ["worker"])
MESSAGES = 40
# Long enough for a window of messages, after the last of them is ready to send.
SECONDS, MOST_SECONDS = 2.0, 120.0
WRITE = """
import django
django.setup()
from datetime import UTC, datetime, timedelta
from tests.factories.customers import make_customer
from tests.factories.messaging import make_message, make_version
from tests.factories.team import make_business
now = datetime.now(UTC)
make_business()
version = make_version()
for nth in range({count}):
    guest = make_customer(f"Guest {{nth}}", email=f"guest{{nth}}@x.example")
    make_message(guest, at=now - timedelta(minutes=1), version=version)
"""
ROOT = Path(__file__).parent.parent.parent
# The databases of those instances that do not lie in their own folder.
URLS: dict[Path, str] = {}


def env_of(home: Path) -> dict[str, str]:
    return {
        **os.environ, "REGULARS_HOME": str(home), "REGULARS_FAULT": "",
        "DATABASE_URL": URLS.get(home, ""),
        "DJANGO_SETTINGS_MODULE": "regulars.config.settings", "REGULARS_BACKUPS": "",
    }  # fmt: skip


def run(home: Path, *words: str) -> None:
    done = subprocess.run(
        [REGULARS, *words], env=env_of(home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def raced(home: Path, until: Callable[[list[str]], bool]) -> None:
    """Start all senders of an instance at once; end them a while after what is waited for."""
    logs = [home.with_name(f"{home.name}.{nth}.log") for nth in range(len(RACING))]
    racing = [started(home, words, log) for words, log in zip(RACING, logs, strict=True)]
    deadline = time.monotonic() + MOST_SECONDS
    while not until([log.read_text() for log in logs]) and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(SECONDS)
    for process in racing:
        os.killpg(process.pid, signal.SIGTERM)
    for process in racing:
        process.wait(timeout=60)


def started(home: Path, words: list[str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("w") as told:
        return subprocess.Popen(
            [REGULARS, *words], env=env_of(home), stdout=subprocess.DEVNULL, stderr=told,
            start_new_session=True,
        )  # fmt: skip


def all_are_held(logs: list[str]) -> bool:
    """Every process, the worker's own children too, has come as far as it may."""
    return all("Nothing leaves this instance" in log for log in logs) and logs[-1].count("\n") > 1


def nothing_more_is_ready(home: Path) -> Callable[[list[str]], bool]:
    return lambda _logs: not counted(home, "state IN ('ready', 'held', 'claimed')")


def all_has_left(home: Path) -> Callable[[list[str]], bool]:
    return lambda _logs: left(home) == MESSAGES


def left(home: Path) -> int:
    """What has left: files in the outbox of this instance, or what was written down before that."""
    files = sum(1 for path in (home / "outbox").rglob("*") if path.is_file())
    return max(files, int(asked(home, "SELECT count(*) FROM messaging_attempt")[0]))


def let_go(home: Path) -> None:
    """As a person who has looked would: what a release set aside may leave."""
    for_all = "UPDATE messaging_message SET state = 'ready' WHERE state = 'unknown'"
    if home in URLS:
        with psycopg.connect(URLS[home], autocommit=True) as server:
            server.execute(for_all)
    else:
        with closing(sqlite3.connect(home / "regulars.sqlite3")) as file, file:
            file.execute(for_all)
    assert counted(home, "state = 'ready'") == MESSAGES


def counted(home: Path, where: str) -> int:
    return int(asked(home, f"SELECT count(*) FROM messaging_message WHERE {where}")[0])


def asked(home: Path, sql: str) -> tuple[Any, ...]:
    """The first row of what the database of an instance answers."""
    if home in URLS:
        with psycopg.connect(URLS[home]) as server:
            return server.execute(sql).fetchone() or ()
    with closing(sqlite3.connect(home / "regulars.sqlite3")) as file:
        return tuple(file.execute(sql).fetchone())


def begun(home: Path) -> Path:
    """An instance that knows itself, with messages that are due."""
    home.mkdir()
    run(home, "init")
    run(home, "release", "--json")
    script = WRITE.format(count=MESSAGES)
    subprocess.run([sys.executable, "-c", script], env=env_of(home), cwd=ROOT, check=True)
    assert counted(home, "state = 'ready'") == MESSAGES
    return home


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return begun(tmp_path_factory.mktemp("original") / "home")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "place"
    made.mkdir()
    return made


def copied(original: Path, place: Path) -> Path:
    shutil.copytree(original, place / "home")
    return place / "home"


def moved(original: Path, place: Path) -> Path:
    made = copied(original, place)
    run(made, "release", "--as-successor")
    let_go(made)
    return made.rename(place / "elsewhere")


def cloned(original: Path, place: Path) -> Path:
    """The database alone, beside the file of another instance."""
    (place / "home").mkdir()
    run(place / "home", "init")
    run(place / "home", "release", "--json")
    shutil.copy2(original / "regulars.sqlite3", place / "home")
    return place / "home"


def nameless(original: Path, place: Path) -> Path:
    made = copied(original, place)
    (made / "instance.json").unlink()
    return made


def put_back(original: Path, place: Path) -> Path:
    """The database as it was before, under an instance that has gone on since."""
    made = copied(original, place)
    run(made, "release", "--as-successor")
    let_go(made)
    shutil.copy2(made / "regulars.sqlite3", place / "before.sqlite3")
    run(made, "release", "--json")
    shutil.copy2(place / "before.sqlite3", made / "regulars.sqlite3")
    return made


WAYS = (copied, cloned, moved, nameless, put_back)


@pytest.mark.parametrize("nth", range(STARTS))
def test_nothing_leaves_an_instance_that_is_not_the_one_it_was(
    original: Path, place: Path, nth: int
) -> None:
    home = WAYS[nth % len(WAYS)](original, place)

    raced(home, all_are_held)

    assert_held(home)


def assert_held(home: Path) -> None:
    assert left(home) == 0
    since, why = asked(home, "SELECT held_since, why_held FROM core_instance")
    assert since is not None
    assert why in {"copied", "cloned", "moved", "nameless", "restored"}


def test_a_copy_sends_once_it_is_released_as_the_successor(original: Path, place: Path) -> None:
    """The control: the same senders in the same time do send what may leave, and no sooner."""
    home = copied(original, place)
    raced(home, all_are_held)
    assert left(home) == 0

    run(home, "release", "--as-successor")
    raced(home, nothing_more_is_ready(home))
    assert left(home) == 0
    let_go(home)
    raced(home, all_has_left(home))

    assert left(home) == MESSAGES


def test_a_copy_released_as_a_new_one_sends_nothing_that_waited(
    original: Path, place: Path
) -> None:
    home = copied(original, place)

    run(home, "release", "--as-new")
    raced(home, nothing_more_is_ready(home))

    assert left(home) == 0


def test_the_original_goes_on(original: Path, place: Path) -> None:
    home = copied(original, place)
    raced(home, all_are_held)

    raced(original, all_has_left(original))

    assert (left(original), left(home)) == (MESSAGES, 0)
