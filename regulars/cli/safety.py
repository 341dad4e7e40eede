"""What `regulars doctor` looks at so that nothing is lost, and nothing is sent twice."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from regulars.cli.readiness import NEWCOMER, SHARED, may_be_shared, refuse_lost_seals
from regulars.core import clock, instance
from regulars.core.backup import backups_in
from regulars.core.database_trouble import SAID, trouble_now
from regulars.core.errors import Refusal
from regulars.core.keys import KeyDamaged, kept_key
from regulars.core.ledgers import backups_folder
from regulars.core.models import AuditEntry, EventCursor
from regulars.core.presence import remote_kind
from regulars.messaging.choices import State
from regulars.messaging.models import Message, Switch
from regulars.messaging.queries import holds_of_everybody

OLDEST_BACKUP = timedelta(days=2)
# A sender that runs takes what is due within seconds.
LONGEST_WAIT = timedelta(minutes=15)
PRIVATE = ("keys", "secret_key", "instance.json", "ledgers", "backups")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and what to do about it."""

    sentence: str
    remedy: str
    # Worth doing, and nothing is wrong yet.
    is_advice: bool = False

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def findings() -> list[Finding]:
    """What is wrong with database, identity, backups, keys, clock and address, in this order."""
    at = clock.now()
    trouble = trouble_now()
    if trouble is not None:
        return [Finding(*SAID[trouble])]
    return [
        *_held(), *_remote_disk(), *_backups(at), *_keys(), *_open_secrets(), *_clock(at),
        *_waiting(at), *_held_for_everybody(at), *_set_aside(), *_address(),
    ]  # fmt: skip


def _held() -> Iterator[Finding]:
    why = instance.why_held()
    if why:
        yield Finding(
            f"Nothing leaves this instance. {instance.WHY_HELD[why]}",
            NEWCOMER
            if instance.is_newcomer(why)
            else f"See what waits and decide with “regulars release”.{_shared(why)}",
        )


def _shared(why: str) -> str:
    return f" {SHARED}" if may_be_shared(why) else ""


def _remote_disk() -> Iterator[Finding]:
    if connection.vendor != "sqlite":
        return
    kind = remote_kind(Path(connection.settings_dict["NAME"]).resolve().parent)
    if kind:
        yield Finding(
            f"The database lies on a network disk ({kind}), where SQLite can lose rows.",
            "Move REGULARS_HOME to a disk of this machine, or use PostgreSQL.",
        )


def _backups(at: datetime) -> Iterator[Finding]:
    folder = backups_folder()
    newest = next(iter(backups_in(folder)), None) if folder.exists() else None
    began = AuditEntry.objects.order_by("id").values_list("at", flat=True).first()
    since = newest[0] if newest else began
    if since is not None and at - since > OLDEST_BACKUP:
        yield Finding(
            f"The last backup that was checked is of {since:%Y-%m-%d}."
            if newest
            else "There is no backup that was checked.",
            "Run “regulars backup”, and see that “regulars serve” runs at night.",
        )
    if newest and folder.stat().st_dev == Path(settings.HOME).stat().st_dev:
        yield Finding(
            "The backups lie on the same disk as the data.",
            "Name a folder on another disk in REGULARS_BACKUPS.",
            is_advice=True,
        )


def _keys() -> Iterator[Finding]:
    try:
        refuse_lost_seals()
    except Refusal as no:
        yield Finding(no.sentence, no.remedy)
    for file in sorted((Path(settings.HOME) / "keys").glob("*.key")):
        try:
            if file.stem != "addresses":
                kept_key(file.stem)
        except KeyDamaged as damaged:
            yield Finding(damaged.sentence, damaged.remedy)


def _open_secrets() -> Iterator[Finding]:
    home = Path(settings.HOME)
    inside = (path for name in PRIVATE for path in [home / name, *(home / name).glob("*")])
    open_ones = [path for path in inside if path.exists() and path.stat().st_mode & 0o077]
    # Whoever may not enter the folder reads nothing in it.
    if open_ones and home.stat().st_mode & 0o077:
        yield Finding(
            f"Others on this machine can read {open_ones[0]}.",
            f"Close the folder to them: chmod -R go= {home}",
        )


def _clock(at: datetime) -> Iterator[Finding]:
    if instance.is_clock_back(at):
        yield Finding(
            "The clock of this machine stands before what was written down already.",
            "Set the clock; until then what is due may come late.",
        )


def _waiting(at: datetime) -> Iterator[Finding]:
    is_stopped = Switch.objects.filter(pk=1).exclude(stopped_at=None).exists()
    if is_stopped or instance.why_held():
        return
    due = Message.objects.filter(state=State.READY, not_before__lt=at - LONGEST_WAIT)
    count = due.filter(expires_at__gt=at).count()
    if count:
        yield Finding(
            f"Messages wait to leave, and nobody sends them: {count}.",
            "See that “regulars serve” or “regulars send --keep-on” runs.",
        )


def _held_for_everybody(at: datetime) -> Iterator[Finding]:
    for hold in holds_of_everybody(at):
        until = f"{hold.until:%Y-%m-%d %H:%M} UTC" if hold.until else "somebody lifts it"
        yield Finding(
            f"Messages to everybody are held until {until}: {hold.get_stops_display()}.",
            "Lift it under Messages, “Holds”, once it has served.",
            is_advice=True,
        )


def _set_aside() -> Iterator[Finding]:
    for cursor in EventCursor.objects.filter(set_aside__gt=0).order_by("name"):
        yield Finding(
            f"Facts that “{cursor.name}” could not take up and left behind: {cursor.set_aside}.",
            "The log says which and why, where it says “is set aside”; please report it.",
        )


def _address() -> Iterator[Finding]:
    if settings.PUBLIC_URL and not instance.proved_public_url():
        yield Finding(
            "PUBLIC_URL is set, and nobody has proved that others reach it.",
            "Open Settings, “Address and backups”, and scan the code there.",
            is_advice=True,
        )
