"""RELIABILITY M8: a copy, a clone and a database put back are known, and hold everything."""

import json
import shutil
import stat
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.db import connection

from regulars.core import instance, instance_file
from regulars.core.actor import COMMAND, VIEWER, Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.core.models import AuditEntry, Instance

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings: object) -> Path:
    return Path(settings.HOME)  # type: ignore[attr-defined]


@pytest.fixture
def copy_of(home: Path, tmp_path: Path) -> Path:
    """A folder that knows itself, copied whole beside the original."""
    assert instance.settle_identity() == ""
    shutil.copytree(home, tmp_path / "copy", symlinks=True)
    return tmp_path / "copy"


@pytest.fixture
def released() -> Iterator[list[bool]]:
    """What rooms are told of a release: while everything is still held."""
    told: list[bool] = []

    def react(as_new: bool, _at: datetime) -> None:
        assert instance.why_held()
        told.append(as_new)

    instance.on_release.register("test", react)
    yield told
    instance.on_release._things.pop("test")


def test_the_first_start_ever_makes_the_identity(home: Path) -> None:
    assert instance.settle_identity() == ""

    kept = json.loads((home / "instance.json").read_text())
    assert uuid.UUID(kept["instance"]) == Instance.objects.get().instance_id
    assert instance.instance_id() == Instance.objects.get().instance_id
    assert stat.S_IMODE((home / "instance.json").stat().st_mode) == 0o600
    assert instance.settle_identity() == instance.why_held() == ""


def test_the_file_tells_nobody_the_machine_the_path_or_an_inode(home: Path) -> None:
    instance.settle_identity()

    text = (home / "instance.json").read_text()

    assert str(home) not in text
    assert str(home.stat().st_ino) not in text
    for file in instance_file.MACHINE_FILES:
        assert not file.exists() or file.read_text().strip() not in text


def test_a_copied_folder_is_held_before_anybody_settles(
    copy_of: Path, settings: object, at: datetime
) -> None:
    settings.HOME = copy_of  # type: ignore[attr-defined]

    assert instance.why_held() == "copied"
    assert instance.settle_identity() == "copied"
    assert (Instance.objects.get().held_since, Instance.objects.get().why_held) == (at, "copied")


def test_a_copy_under_the_same_path_is_known_too(home: Path, tmp_path: Path) -> None:
    instance.settle_identity()

    shutil.copytree(home, tmp_path / "other")
    shutil.rmtree(home)
    shutil.copytree(tmp_path / "other", home)
    instance.forget_seen()

    assert instance.why_held() == "copied"


def test_another_machine_is_known(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instance.settle_identity()

    other = home / "machine-id"
    other.write_text("another machine")
    monkeypatch.setattr(instance_file, "MACHINE_FILES", (other,))
    instance.forget_seen()

    assert instance.why_held() == "copied"


def test_a_board_that_only_root_reads_holds_nobody_who_is_not(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = home / "product_uuid"
    board.write_text("board 1")
    monkeypatch.setattr(instance_file, "BOARD_FILES", (board,))
    instance.settle_identity()

    monkeypatch.setattr(instance_file, "BOARD_FILES", (home / "unreadable",))
    instance.forget_seen()
    assert instance.why_held() == ""

    monkeypatch.setattr(instance_file, "BOARD_FILES", (board,))
    board.write_text("board 2")
    instance.forget_seen()
    assert instance.why_held() == "copied"


def test_a_moved_folder_is_known_as_moved(home: Path, settings: object) -> None:
    instance.settle_identity()

    home.rename(home.with_name("elsewhere"))
    settings.HOME = home.with_name("elsewhere")  # type: ignore[attr-defined]

    assert instance.why_held() == "moved"


def test_a_database_of_another_instance_is_known() -> None:
    instance.settle_identity()

    Instance.objects.update(instance_id=uuid.uuid4())
    instance.forget_seen()

    assert instance.why_held() == "cloned"


def test_a_folder_without_its_file_holds_a_database_that_knows_who_it_is(home: Path) -> None:
    instance.settle_identity()

    (home / "instance.json").unlink()

    assert instance.settle_identity() == "nameless"


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"instance": "x", "seals": {}}'])
def test_a_damaged_file_holds(home: Path, text: str) -> None:
    instance.settle_identity()

    (home / "instance.json").write_text(text)

    assert instance.settle_identity() == "damaged"


@pytest.mark.django_db(transaction=True)
def test_a_database_put_back_in_time_is_known() -> None:
    instance.settle_identity()
    before = Instance.objects.get().mark
    instance.mark(at_least_every=0)

    Instance.objects.update(mark=before)
    instance.forget_seen()

    assert instance.why_held() == "restored"


def test_a_half_done_exchange_holds(home: Path) -> None:
    instance.settle_identity()

    (home / "restore.json").write_text("{}")
    instance.forget_seen()

    assert instance.why_held() == "restored"


def test_a_database_of_an_older_version_is_adopted_once() -> None:
    instance.settle_identity()
    kept = instance.instance_id()

    Instance.objects.all().delete()

    assert (instance.settle_identity(), instance.instance_id()) == ("", kept)


def test_the_first_reason_stays_until_somebody_releases(copy_of: Path, settings: object) -> None:
    settings.HOME = copy_of  # type: ignore[attr-defined]
    instance.settle_identity()
    since = instance.held_since()

    instance.hold("cloned", at=datetime.fromisoformat("2027-01-01T00:00+00:00"))

    assert (instance.held_since(), instance.why_held()) == (since, "copied")


@pytest.mark.parametrize("as_new", [False, True])
def test_release_lets_a_copy_act(
    copy_of: Path, settings: object, at: datetime, released: list[bool], *, as_new: bool
) -> None:
    before = instance.instance_id()
    settings.HOME = copy_of  # type: ignore[attr-defined]
    instance.settle_identity()
    instance.prove_public_url("https://shop.example", by=COMMAND, at=at)

    instance.release(by=COMMAND, at=at, as_new=as_new)

    assert (instance.why_held(), instance.settle_identity()) == ("", "")
    assert (instance.instance_id() != before) is as_new
    assert released == [as_new]
    # A new instance has another address: the proof of the old one says nothing of it.
    assert Instance.objects.get().public_url == ("" if as_new else "https://shop.example")
    entry = AuditEntry.objects.get(verb="released")
    assert entry.detail == {"as_new": as_new, "why": "copied"}


def test_release_refuses_whoever_is_no_owner(copy_of: Path, settings: object, at: datetime) -> None:
    settings.HOME = copy_of  # type: ignore[attr-defined]
    instance.settle_identity()

    with pytest.raises(NotAllowed):
        instance.release(by=Actor("staff", "Vi", VIEWER, 1), at=at, as_new=False)

    assert instance.why_held() == "copied"


def test_after_a_release_the_original_is_not_the_copy(
    copy_of: Path, home: Path, settings: object, at: datetime
) -> None:
    """The copy became a new one: a database that says so does not fit the old folder."""
    settings.HOME = copy_of  # type: ignore[attr-defined]
    instance.settle_identity()
    instance.release(by=COMMAND, at=at, as_new=True)

    settings.HOME = home  # type: ignore[attr-defined]

    assert instance.why_held() == "cloned"


def test_of_two_first_starts_at_once_one_makes_the_file(home: Path) -> None:
    instance_file.make_file()
    first = (home / "instance.json").read_text()

    instance_file.make_file()

    assert (home / "instance.json").read_text() == first
    assert sorted(path.name for path in home.iterdir()) == ["files", "instance.json"]


def test_the_public_url_counts_while_it_is_the_one_that_was_proved(
    settings: object, at: datetime
) -> None:
    instance.settle_identity()
    settings.PUBLIC_URL = "https://shop.example"  # type: ignore[attr-defined]
    assert instance.proved_public_url() == ""

    instance.prove_public_url("https://shop.example", by=COMMAND, at=at)
    assert instance.proved_public_url() == "https://shop.example"

    settings.PUBLIC_URL = "https://other.example"  # type: ignore[attr-defined]
    instance.forget_seen()
    assert instance.proved_public_url() == ""


@pytest.mark.only_on("postgresql")
def test_one_more_machine_waits_by_itself_and_joins(home: Path, at: datetime) -> None:
    instance.settle_identity()
    number = instance.instance_id()
    (home / "instance.json").unlink()

    assert instance.settle_identity() == "nameless"
    assert instance.held_since() is None

    instance.join(by=COMMAND, at=at)

    assert (instance.settle_identity(), instance.instance_id()) == ("", number)
    assert AuditEntry.objects.get(verb="joined").at == at
    assert not AuditEntry.objects.filter(verb="released").exists()


@pytest.mark.parametrize("by", [COMMAND, Actor("staff", "Vi", VIEWER, 1)], ids=["owner", "viewer"])
def test_a_copy_does_not_join(copy_of: Path, settings: object, at: datetime, by: Actor) -> None:
    settings.HOME = copy_of  # type: ignore[attr-defined]
    instance.settle_identity()

    with pytest.raises((Refusal, NotAllowed)):
        instance.join(by=by, at=at)

    assert instance.why_held() == "copied"


def test_a_copy_that_nobody_ended_stops_those_who_share_its_database_once(
    copy_of: Path, home: Path, settings: object, at: datetime
) -> None:
    """In a file the database is the copy's own, and is held whenever the copy starts."""
    settings.HOME = copy_of  # type: ignore[attr-defined]
    instance.settle_identity()
    assert instance.held_since() is not None
    settings.HOME = home  # type: ignore[attr-defined]
    instance.release(by=COMMAND, at=at, as_new=False)

    settings.HOME = copy_of  # type: ignore[attr-defined]
    again = instance.settle_identity()

    is_shared = connection.vendor == "postgresql"
    assert (again, instance.why_held()) == ("copied", "copied")
    assert (instance.held_since() is None) == is_shared
    instance.release(by=COMMAND, at=at, as_new=False)
    assert (instance.why_held(), instance.settle_identity()) == ("", "")
    settings.HOME = home  # type: ignore[attr-defined]
    instance.forget_seen()
    assert instance.why_held() == ""


def test_another_process_that_counts_on_meanwhile_holds_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert instance.settle_identity() == ""
    found = instance_file.found

    def counted_on_meanwhile() -> object:
        row = Instance.objects.get()
        Instance.objects.update(mark=row.mark + 1)
        instance_file.keep_mark(row.mark + 1)
        return found()

    monkeypatch.setattr(instance_file, "found", counted_on_meanwhile)
    instance._seen.clear()

    assert instance.why_held() == ""
