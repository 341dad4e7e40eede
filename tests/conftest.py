"""Places and people that tests start from; rows come from `tests/factories`."""

import gc
import os
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client, TransactionTestCase
from pytest_django import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware

from regulars.core import clock, instance, jobs
from regulars.team.models import Business, Member
from tests.emptying import empty_what_was_filled
from tests.factories.team import make_business, make_member
from tests.migrated import copy_migrated, keep_migrated

REAL_DATA = "REGULARS_TEST_DATA"
A_MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CLOCKS_OF_THEIR_OWN = {"e2e", "faults", "long"}
COUNTS = ("insight.refresh", "insight.figures", "insight.look_back")
WHO_COUNT = {
    "cli", "demo", "engines", "faults", "insight", "long", "planning", "test_insight", "test_look",
    "test_today", "verdicts",
}  # fmt: skip
# What makes a test one of the database, and what its file names when it asks for one another way.
OF_THE_DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}
ASKS_ANOTHER_WAY = re.compile(r"subprocess|vendor|connection|DATABASE_URL")


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("CI") and not os.environ.get(REAL_DATA):
        raise pytest.UsageError(f"{REAL_DATA} must name the folder of real data in CI.")
    # Looking for rubbish as often as Python does takes a sixth of the time.
    gc.set_threshold(100_000, 50, 100)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(
        f"Tests of what only another database has are left out: this is {vendor()}."
    )
    if vendor() != "sqlite":
        terminalreporter.write_line(
            "Tests that use no database, or are marked as the same on each, ran on SQLite."
        )
    if not os.environ.get(REAL_DATA):
        terminalreporter.write_line(
            f"Tests on real files are left out: {REAL_DATA} does not name their folder."
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out = [item for item in items if is_left_out(item)]
    items[:] = [item for item in items if not is_left_out(item)]
    config.hook.pytest_deselected(items=left_out)


def is_left_out(item: pytest.Item) -> bool:
    """Without the real files, those that read them; on one database, what only another has."""
    only = item.get_closest_marker("only_on")
    if only is not None and only.args[0] != vendor():
        return True
    if vendor() != "sqlite" and is_the_same_on_each(item):
        return True
    return "realdata" in item.keywords and not os.environ.get(REAL_DATA)


def is_the_same_on_each(item: pytest.Item) -> bool:
    """Whether the run on SQLite has said all that a run on another database could say."""
    if item.get_closest_marker("same_on_each") is not None:
        return True
    names = set(getattr(item, "fixturenames", ()))
    asks = item.get_closest_marker("django_db") is not None or names & OF_THE_DATABASE
    return not asks and not asks_another_way(item.path)


@cache
def asks_another_way(path: Path) -> bool:
    return ASKS_ANOTHER_WAY.search(path.read_text()) is not None


def vendor() -> str:
    from django.db import connection

    return str(connection.vendor)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real files; only tests marked `realdata` may ask for it."""
    return Path(os.environ[REAL_DATA])


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A test database in a file: engines read it over a connection of their own."""
    from django.db import connections

    settings = connections["default"].settings_dict
    if settings["ENGINE"].endswith("sqlite3"):
        file = tmp_path_factory.mktemp("db") / "test.sqlite3"
        settings["TEST"]["NAME"] = str(file)
        # Tests lose nothing when the power goes.
        asked = settings["OPTIONS"]["init_command"]
        settings["OPTIONS"]["init_command"] = asked.replace("synchronous=FULL", "synchronous=OFF")
        copy_migrated(file)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite what was migrated before is taken over, as long as no migration has changed."""
    return vendor() == "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    if vendor() == "sqlite":
        with django_db_blocker.unblock():
            keep_migrated()


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> None:
    """The product's own way of hashing, which here need not be slow for whoever guesses."""
    Argon2PasswordHasher.time_cost = 1
    Argon2PasswordHasher.memory_cost = 8
    Argon2PasswordHasher.parallelism = 1


@pytest.fixture(scope="session", autouse=True)
def _tests_lose_nothing_when_the_power_goes() -> None:
    os.fsync = lambda fd: None


@pytest.fixture(scope="session", autouse=True)
def _files_of_the_pages_are_found_once() -> None:
    """Every client would look through all of them anew."""
    found: dict[str, object] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def look_once(self: WhiteNoiseMiddleware) -> None:
        if not found:
            look(self)
            found.update(self.files)
        self.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = look_once


@pytest.fixture(scope="session", autouse=True)
def _only_what_was_filled_is_emptied() -> None:
    TransactionTestCase._fixture_teardown = empty_what_was_filled  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _instance_folder(tmp_path: Path, settings: object) -> None:
    settings.HOME = tmp_path / "home"  # type: ignore[attr-defined]
    settings.MEDIA_ROOT = tmp_path / "home" / "files"  # type: ignore[attr-defined]
    (tmp_path / "home" / "files").mkdir(parents=True)


@pytest.fixture(autouse=True)
def _a_morning(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test passes by day and fails by night: the clock stands still, for processes too.

    Browsers and whole servers have clocks of their own; what runs there bears any hour.
    """
    if not CLOCKS_OF_THEIR_OWN & set(request.path.parts):
        monkeypatch.setenv("REGULARS_NOW", A_MORNING.isoformat())


@pytest.fixture(autouse=True)
def _whether_we_may_act_is_looked_up_once(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked up anew each second: a slow test that counts questions would count one more."""
    if not CLOCKS_OF_THEIR_OWN & set(request.path.parts):
        monkeypatch.setattr(instance, "SEEN_FOR_SECONDS", 3_600.0)


@pytest.fixture(autouse=True)
def _nothing_is_counted_in_passing(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever changes the books has everybody counted again: a second each time, or ten.

    Those who ask what comes of it have it counted.
    """
    if not WHO_COUNT & {*request.path.parts, request.path.stem}:
        for name in COUNTS:
            monkeypatch.setitem(jobs._handlers, name, lambda _running, _at: {})


@pytest.fixture
def at() -> Iterator[datetime]:
    """A Tuesday morning on which the clock stands still."""
    with clock.stopped_at(A_MORNING):
        yield A_MORNING


@pytest.fixture
def business(db: None) -> Business:
    return make_business()


@pytest.fixture
def owner(business: Business) -> Member:
    return make_member("owner")


@pytest.fixture
def manager(business: Business) -> Member:
    return make_member("manager")


@pytest.fixture
def helper(business: Business) -> Member:
    return make_member("helper")


@pytest.fixture
def viewer(business: Business) -> Member:
    return make_member("viewer")


@pytest.fixture
def client_of() -> Callable[[Member], Client]:
    """A browser in which this member has signed in."""

    def signed_in(member: Member) -> Client:
        client = Client()
        client.force_login(member)
        return client

    return signed_in
