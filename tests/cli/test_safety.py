"""What `regulars doctor` says of identity, backups, secrets, clock, messages and address."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from regulars.cli import safety
from regulars.core import audit, clock, instance
from regulars.core.actor import COMMAND
from regulars.core.database_trouble import Trouble
from regulars.core.models import EventCursor
from regulars.messaging.actions.holds import place_hold
from regulars.messaging.choices import HoldKind
from tests.factories.messaging import make_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(settings: object, at: datetime) -> Path:
    found = Path(settings.HOME)  # type: ignore[attr-defined]
    found.chmod(0o700)
    instance.settle_identity()
    return found


def said() -> list[str]:
    return [finding.sentence for finding in safety.findings()]


def backed_up(home: Path, moment: datetime) -> None:
    (home / "backups").mkdir()
    (home / "backups" / moment.strftime("regulars-%Y%m%d-%H%M%SZ.backup")).touch()


@pytest.mark.usefixtures("home")
def test_a_fresh_instance_is_well() -> None:
    assert said() == []


@pytest.mark.usefixtures("home")
def test_a_held_instance_is_said_with_its_reason(at: datetime) -> None:
    instance.hold("moved", at=at)

    assert said() == ["Nothing leaves this instance. This folder has been moved."]


def test_an_old_backup_is_said_and_so_is_its_disk(home: Path, at: datetime) -> None:
    backed_up(home, at - timedelta(days=3))

    found = safety.findings()

    assert [(one.sentence, one.is_advice) for one in found] == [
        ("The last backup that was checked is of 2026-11-21.", False),
        ("The backups lie on the same disk as the data.", True),
    ]


def test_a_fresh_backup_is_not_old(home: Path, at: datetime) -> None:
    backed_up(home, at - timedelta(hours=30))

    assert said() == ["The backups lie on the same disk as the data."]


@pytest.mark.usefixtures("home")
def test_none_at_all_is_said_after_two_days(at: datetime) -> None:
    audit.record("did", "test", by=COMMAND, at=at - timedelta(days=3))

    assert said() == ["There is no backup that was checked."]


def test_secrets_that_others_can_read_are_said(home: Path) -> None:
    (home / "keys").mkdir()
    (home / "keys" / "links.key").write_text("00" * 32)
    (home / "keys" / "links.key").chmod(0o644)
    (home / "keys").chmod(0o700)

    closed = said()
    home.chmod(0o755)

    assert closed == []
    assert said() == [f"Others on this machine can read {home / 'keys' / 'links.key'}."]


@pytest.mark.usefixtures("home")
def test_a_clock_that_went_back_is_said(at: datetime) -> None:
    audit.record("did", "test", by=COMMAND, at=at)

    with clock.stopped_at(at - timedelta(days=365)):
        found = said()

    assert found == ["The clock of this machine stands before what was written down already."]


@pytest.mark.usefixtures("home", "business")
def test_messages_that_nobody_sends_are_said(at: datetime) -> None:
    make_message(at=at - timedelta(minutes=20))

    waiting = said()
    instance.hold("copied", at=at)
    held = said()

    assert waiting == ["Messages wait to leave, and nobody sends them: 1."]
    assert len(held) == 1


@pytest.mark.usefixtures("home")
def test_an_address_that_nobody_proved_is_advice(settings: object, at: datetime) -> None:
    settings.PUBLIC_URL = "https://shop.example"  # type: ignore[attr-defined]

    found = safety.findings()
    instance.prove_public_url("https://shop.example", by=COMMAND, at=at)

    assert [one.is_advice for one in found] == [True]
    # The proof itself is young; no backup is asked for yet.
    assert said() == []


@pytest.mark.usefixtures("home")
def test_a_database_on_a_network_disk_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "vendor", "sqlite")
    # Only a file can be looked through, whatever it calls itself.
    monkeypatch.setattr(safety, "trouble_now", lambda: None)
    monkeypatch.setattr(safety, "remote_kind", lambda _folder: "nfs4")

    assert said() == ["The database lies on a network disk (nfs4), where SQLite can lose rows."]


@pytest.mark.usefixtures("home")
def test_a_full_database_is_said_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safety, "trouble_now", lambda: Trouble.FULL)

    assert said() == ["The database is full."]


def test_a_key_that_is_damaged_is_said(home: Path) -> None:
    (home / "keys").mkdir(mode=0o700)
    (home / "keys" / "links.key").write_text("")

    (found,) = said()

    assert found == f"The key in {home / 'keys' / 'links.key'} is damaged."


def test_what_a_receiver_left_behind_is_said_until_somebody_has_looked(at: datetime) -> None:
    EventCursor.objects.create(name="conversations.note_messages", last_event_id=9, set_aside=2)
    EventCursor.objects.create(name="insight.count", last_event_id=9)

    assert said() == [
        "Facts that “conversations.note_messages” could not take up and left behind: 2."
    ]


def test_a_hold_for_everybody_is_advice(at: datetime) -> None:
    place_hold(None, HoldKind.CRISIS, by=COMMAND, at=at, until=at + timedelta(days=2))

    found = safety.findings()

    assert [(one.sentence, one.is_advice) for one in found] == [
        ("Messages to everybody are held until 2026-11-26 09:00 UTC: What sells.", True)
    ]
