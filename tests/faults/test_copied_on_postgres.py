"""RELIABILITY F10, D4 where the database is a server's: copied with the folder, or shared by both.

`REGULARS_TEST_STARTS` says how many starts, as for `test_copied_instance.py`.
"""

import shutil
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest

from tests.faults.test_copied_instance import (
    MESSAGES,
    STARTS,
    URLS,
    all_are_held,
    all_has_left,
    asked,
    assert_held,
    begun,
    left,
    let_go,
    raced,
    run,
)
from tests.servers import scratch_postgres

_numbers = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with scratch_postgres(Path(sys.prefix)) as url:
        yield url


@pytest.fixture(scope="module")
def original(server: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("original") / "home"
    URLS[home] = database_of(server)
    return begun(home)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    made = tmp_path / "place"
    made.mkdir()
    return made


def database_of(server: str, template: str = "template1") -> str:
    """A database of its own, empty or the copy of another one; its address."""
    name = f"copied_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connected:
        connected.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.rpartition("/")[0] + f"/{name}"


def copy_of(url: str) -> str:
    server, _slash, name = url.rpartition("/")
    return database_of(server + "/postgres", name)


def copied(original: Path, place: Path) -> Path:
    """Folder and database, both of them copies."""
    shutil.copytree(original, place)
    URLS[place] = copy_of(URLS[original])
    return place


def shared(original: Path, place: Path) -> Path:
    """A copy of the folder that still names the same database."""
    first = copied(original, place.with_name("first"))
    run(first, "release", "--as-successor")
    let_go(first)
    shutil.copytree(first, place)
    URLS[place] = URLS[first]
    return place


def cloned(original: Path, place: Path) -> Path:
    """A copy of the database alone, named by the folder of another instance."""
    place.mkdir()
    URLS[place] = copy_of(URLS[original].rpartition("/")[0] + "/template1")
    run(place, "init")
    run(place, "release", "--json")
    URLS[place] = copy_of(URLS[original])
    return place


def nameless(original: Path, place: Path) -> Path:
    made = copied(original, place)
    (made / "instance.json").unlink()
    return made


def put_back(original: Path, place: Path) -> Path:
    """The database as it was before, under an instance that has gone on since."""
    made = copied(original, place)
    run(made, "release", "--as-successor")
    let_go(made)
    before = copy_of(URLS[made])
    run(made, "release", "--json")
    URLS[made] = before
    return made


WAYS: tuple[Callable[[Path, Path], Path], ...] = (shared, copied, cloned, put_back)


@pytest.mark.parametrize("nth", range(STARTS))
def test_nothing_leaves_where_the_folder_or_the_database_is_a_copy(
    original: Path, place: Path, nth: int
) -> None:
    home = WAYS[nth % len(WAYS)](original, place / "home")

    raced(home, all_are_held)

    assert_held(home)


def test_a_folder_that_knows_no_instance_waits_by_itself_until_it_joins(
    original: Path, place: Path
) -> None:
    """It may be one more machine: the others that use this database go on."""
    home = nameless(original, place / "home")

    raced(home, all_are_held)
    assert left(home) == 0
    assert asked(home, "SELECT held_since FROM core_instance") == (None,)

    run(home, "release", "--join")
    raced(home, all_has_left(home))
    assert left(home) == MESSAGES


def test_a_copy_sends_once_it_is_released_as_the_successor(original: Path, place: Path) -> None:
    """The control: the same senders in the same time do send what may leave."""
    home = copied(original, place / "home")
    raced(home, all_are_held)
    assert left(home) == 0

    run(home, "release", "--as-successor")
    let_go(home)
    raced(home, all_has_left(home))

    assert left(home) == MESSAGES


def test_whose_folder_was_copied_is_held_too_until_somebody_decides(
    original: Path, place: Path
) -> None:
    """Two folders on one database: it cannot know which of them is the copy's owner."""
    home = shared(original, place / "home")
    first = home.with_name("first")
    raced(home, all_are_held)

    raced(first, all_are_held)
    assert left(first) == 0
    run(first, "release", "--as-successor")
    let_go(first)
    # The copy that nobody ended stops nobody when it starts once more.
    raced(home, all_are_held)
    assert left(home) == 0
    raced(first, all_has_left(first))

    assert left(first) == MESSAGES


def test_two_folders_of_which_both_are_released_send_side_by_side(
    original: Path, place: Path
) -> None:
    home = shared(original, place / "home")
    first = home.with_name("first")
    raced(home, all_are_held)

    run(first, "release", "--as-successor")
    run(home, "release", "--as-successor")
    let_go(home)
    raced(home, all_has_left(home))

    assert left(home) == MESSAGES
    assert asked(home, "SELECT held_since FROM core_instance") == (None,)
    # It would be refused where nothing may leave.
    run(first, "send")
