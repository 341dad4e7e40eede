"""RELIABILITY D3: a backup counts once it was restored; old ones are thinned out."""

import fcntl
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from regulars.core import audit, backup, ledgers, packing
from regulars.core.actor import COMMAND
from regulars.core.backup import kept_moments, make_backup, try_out
from regulars.core.errors import Refusal
from regulars.core.models import AuditEntry
from regulars.core.presence import (
    COMPANY_NAME,
    alone,
    be_here,
    is_by_itself,
    only_one,
    remote_kind,
)
from regulars.core.restore import restore

whole = pytest.mark.django_db(transaction=True)


@pytest.fixture
def home(settings: object) -> Path:
    return Path(settings.HOME)  # type: ignore[attr-defined]


@pytest.fixture
def something(db: None, home: Path, at: datetime) -> None:
    """An instance with a row, a file and a key."""
    audit.record("did", "test", by=COMMAND, at=at)
    (home / "files" / "letter.txt").write_text("Dear Ruth")
    (home / "keys").mkdir()
    (home / "keys" / "links.key").write_text("00")


@whole
@pytest.mark.usefixtures("something")
def test_a_backup_holds_everything_and_restores(home: Path, at: datetime) -> None:
    kept = make_backup(at=at)
    tried = try_out(kept.file)

    # The letter, the key of the links and the key of backups itself.
    assert (kept.files, tried.files, tried.made_at) == (3, 3, at)
    assert (tried.rows, tried.tables) == (kept.rows, kept.tables)
    assert kept.file == home / "backups" / "regulars-20261124-090000Z.backup"
    assert stat.S_IMODE(kept.file.stat().st_mode) == 0o600
    assert b"Ruth" not in kept.file.read_bytes()
    assert [path.name for path in home.glob("scratch-*")] == []


@whole
@pytest.mark.usefixtures("something")
def test_a_backup_opens_with_the_key_that_was_shown(
    home: Path, at: datetime, settings: object
) -> None:
    kept, key = make_backup(at=at), packing.backup_key().hex()
    settings.HOME = home.with_name("other")  # type: ignore[attr-defined]
    home.with_name("other").mkdir()

    with pytest.raises(Refusal, match="does not open"):
        try_out(kept.file)
    settings.BACKUP_KEY = "no key"  # type: ignore[attr-defined]
    with pytest.raises(Refusal, match="is not a key"):
        try_out(kept.file)

    settings.BACKUP_KEY = key  # type: ignore[attr-defined]
    assert try_out(kept.file).rows == kept.rows


@whole
@pytest.mark.usefixtures("something")
def test_a_backup_that_restores_other_rows_is_removed(
    home: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = AuditEntry._meta.db_table
    unpack = packing.unpack

    def one_row_more(file: Path, into: Path) -> packing.Manifest:
        found = unpack(file, into)
        return replace(found, tables=found.tables | {table: found.tables[table] + 1})

    monkeypatch.setattr(backup, "unpack", one_row_more)

    with pytest.raises(Refusal, match=rf"did not restore and was removed.*{table}"):
        make_backup(at=at)

    assert list((home / "backups").iterdir()) == []


@whole
@pytest.mark.usefixtures("something")
def test_a_damaged_backup_is_refused(at: datetime) -> None:
    file = make_backup(at=at).file
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)

    with pytest.raises(Refusal, match="damaged or cut off"):
        try_out(file)


@whole
@pytest.mark.usefixtures("something")
def test_a_backup_of_another_kind_of_database_is_refused(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = make_backup(at=at).file

    class Other:
        FILE_NAME = "database.other"

        def drop(self, _name: str) -> None: ...

        def scratch_name(self, _folder: Path) -> str:
            return ""

    monkeypatch.setattr(packing, "dumps", Other)

    with pytest.raises(Refusal, match="another kind of database"):
        try_out(file)


@whole
@pytest.mark.usefixtures("something")
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, at: datetime) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises((Refusal, OSError)):
        make_backup(at=at, to=tmp_path / "file" / "inside")


@whole
@pytest.mark.usefixtures("something")
def test_the_ledgers_stand_beside_the_backup(tmp_path: Path, at: datetime) -> None:
    ledgers.gather(ledgers.own_folder() / "suppression.jsonl", [json.dumps({"seal": "a"})])

    make_backup(at=at, to=tmp_path)

    assert (tmp_path / "ledgers/suppression.jsonl").read_text() == '{"seal": "a"}\n'


@whole
@pytest.mark.usefixtures("something")
def test_before_an_upgrade_nothing_is_asked_that_older_tables_lack(at: datetime) -> None:
    def asks(_lines: Iterator[ledgers.Line]) -> Iterator[ledgers.Line]:
        raise OperationalError("no such column")

    ledgers._checks.register("test", asks)
    try:
        with pytest.raises(OperationalError):
            make_backup(at=at)
        kept = make_backup(at=at, is_older=True)
    finally:
        ledgers._checks._things.pop("test")

    assert try_out(kept.file).rows == kept.rows


@whole
@pytest.mark.usefixtures("something")
def test_an_instance_with_work_in_it_is_not_overwritten_unasked(at: datetime) -> None:
    file = make_backup(at=at).file

    with pytest.raises(Refusal, match="not empty"):
        restore(file, at=at)


def test_two_backups_at_once_are_one(home: Path) -> None:
    busy = Refusal("busy")

    with (
        only_one("backup", busy),
        pytest.raises(Refusal, match="busy"),
        only_one("backup", busy),
    ):
        raise AssertionError


@pytest.mark.django_db
def test_a_restore_waits_for_nobody_and_works_beside_nobody(home: Path, settings: object) -> None:
    be_here(lambda: None)

    with pytest.raises(Refusal, match="Regulars is running here"), alone():
        raise AssertionError


@pytest.mark.django_db
def test_somebody_at_work_here_knows_whether_others_are(home: Path, settings: object) -> None:
    unasked = is_by_itself()
    be_here(lambda: None)
    alone_at_first = is_by_itself()
    other = os.open(home / COMPANY_NAME, os.O_RDWR)
    fcntl.flock(other, fcntl.LOCK_SH)
    in_company = [is_by_itself(), is_by_itself()]
    os.close(other)

    assert (unasked, alone_at_first, in_company) == (False, True, [False, False])
    assert is_by_itself()


def test_seven_days_five_weeks_and_twelve_months_stay() -> None:
    at = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    nightly = [at - timedelta(days=days) for days in range(500)]

    kept = kept_moments(nightly, at)

    days = {at - timedelta(days=n) for n in range(7)}
    # The last night of each of five weeks (Sundays, and this week's own) and of twelve months.
    weeks = {at} | {datetime(2026, 11, day, 2, tzinfo=UTC) for day in (22, 15, 8, 1)}
    months = {datetime(2026, m + 1, 1, 2, tzinfo=UTC) - timedelta(days=1) for m in range(1, 11)}
    months |= {datetime(2025, 12, 31, 2, tzinfo=UTC)}
    assert kept == days | weeks | months


def test_all_of_the_last_two_days_stay() -> None:
    at = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    hourly = [at - timedelta(hours=hours) for hours in range(72)]

    kept = kept_moments(hourly, at)

    assert sorted(at - moment for moment in kept)[:49] == [timedelta(hours=h) for h in range(49)]
    assert len(kept) == 50


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("server:/vol /data nfs4 rw 0 0", "nfs4"),
        ("//server/vol /data cifs rw 0 0", "cifs"),
        ("/dev/sdb1 /data ext4 rw 0 0", ""),
        ("server:/vol /database nfs rw 0 0", ""),
    ],
)
def test_a_network_disk_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, kind: str
) -> None:
    """RELIABILITY D1: SQLite's locks do not hold there."""
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\n{line}\n")
    monkeypatch.setattr("regulars.core.presence.MOUNTS", mounts)

    assert remote_kind(Path("/data/regulars")) == kind


@pytest.mark.django_db
def test_sqlite_does_not_start_on_a_network_disk(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr("regulars.core.presence.remote_kind", lambda _folder: "nfs4")

    if connection.vendor == "sqlite":
        with pytest.raises(Refusal, match="network disk"):
            be_here(lambda: None)
    else:
        be_here(lambda: None)
