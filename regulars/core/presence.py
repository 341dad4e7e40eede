"""Who is at work on this folder: a restore happens alone, and a half-done one is finished first."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from regulars.core.errors import Refusal

LOCK_NAME = "running.lock"
# Held in common like the other, and let go of for a moment by whoever asks: no restore looks at it.
COMPANY_NAME = "company.lock"
# File locks and shared memory of SQLite do not hold there (RELIABILITY D1).
REMOTE = ("nfs", "cifs", "smb", "fuse.sshfs", "ceph", "glusterfs", "afs", "9p")
MOUNTS = Path("/proc/mounts")

# Open for as long as the process lives; the system lets go of the lock whatever ends it.
_held: dict[str, int] = {}
_in_company: dict[str, int] = {}


def be_here(finish: Callable[[], None]) -> None:
    """Say for the rest of this process that somebody works here; `finish` what a crash left."""
    home = str(settings.HOME)
    if home in _held:
        return
    _refuse_remote_disk()
    finish()
    _held[home] = _locked(fcntl.LOCK_SH)
    _in_company[home] = os.open(Path(home) / COMPANY_NAME, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(_in_company[home], fcntl.LOCK_SH)


def company_lock() -> int | None:
    """The lock by which this process is here, for a child that works for it; None: it is not."""
    return _in_company.get(str(settings.HOME))


def is_by_itself() -> bool:
    """Whether no other process works on this folder; no, where this one never said that it does."""
    number = company_lock()
    if number is None:
        return False
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        # Granted or not, what was held before is gone.
        fcntl.flock(number, fcntl.LOCK_SH)
    return True


@contextmanager
def alone() -> Iterator[None]:
    """Nobody else is at work on this folder during the body; a Refusal when somebody is."""
    number = _locked(fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(number)


@contextmanager
def only_one(name: str, refusal: Refusal) -> Iterator[None]:
    """One process at a time does what is called so; the second is refused."""
    number = os.open(Path(settings.HOME) / f"{name}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise refusal from None
        yield
    finally:
        os.close(number)


def remote_kind(folder: Path) -> str:
    """The kind of network disk that a folder lies on; nothing for a disk of this machine."""
    if not MOUNTS.exists():
        return ""
    there, kind = "", ""
    for line in MOUNTS.read_text().splitlines():
        _device, point, found = line.split(" ")[:3]
        point = point.encode().decode("unicode_escape")
        is_above = folder.is_relative_to(point)
        if is_above and len(point) >= len(there):
            there, kind = point, found
    return kind if kind.startswith(REMOTE) else ""


def _refuse_remote_disk() -> None:
    if connection.vendor != "sqlite":
        return
    kind = remote_kind(Path(connection.settings_dict["NAME"]).resolve().parent)
    if kind:
        raise Refusal(
            _("The database lies on a network disk (%(kind)s), where SQLite can lose rows.")
            % {"kind": kind},
            _("Put REGULARS_HOME on a disk of this machine, or use PostgreSQL."),
        )


def _locked(how: int) -> int:
    number = os.open(Path(settings.HOME) / LOCK_NAME, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(number, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(number)
        if how == fcntl.LOCK_SH:
            raise Refusal(
                _("A restore is under way here."), _("Start again when it is done.")
            ) from None
        raise Refusal(_("Regulars is running here."), _("Stop it first, then restore.")) from None
    return number
