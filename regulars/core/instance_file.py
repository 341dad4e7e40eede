"""The file by which a folder knows which instance it is, and that it is still where it was made.

`instance.json` holds the instance's number and seals of what it is bound to. A copy of the whole
folder carries the file along, and the seals no longer fit.
"""

import ctypes
import hashlib
import json
import os
import struct
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from regulars.core.disk import settle

NAME = "instance.json"
MARK_NAME = "instance.mark"
# There from when a folder that does not fit has told its database so, until it fits again.
SAID_NAME = "instance.said"
# There while a restored instance takes the place of the old one (`core/restore.py`).
JOURNAL_NAME = "restore.json"
# No hostname: a laptop's follows the network. No device number: it changes when disks are plugged
# in another order. What stays is the machine's own number, the path, and two inodes.
MACHINE_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
# A cloned virtual machine keeps its machine-id and gets another board; only root may read it.
BOARD_FILES = (Path("/sys/class/dmi/id/product_uuid"),)
# Linux's statx(2): where the birth of a file stands in its answer.
STATX_BYTES, STATX_BTIME, AT_EMPTY_PATH, BORN_AT = 256, 0x800, 0x1000, 80
_MASK, _BORN = struct.Struct("=I"), struct.Struct("=qI")


@dataclass(frozen=True, slots=True)
class Found:
    """What the folder says: which instance it is (none without a file), and what does not fit."""

    instance_id: uuid.UUID | None
    why: str = ""


def found() -> Found:
    """Read the file, and look whether it still lies where it was written."""
    try:
        with _file().open(encoding="utf-8") as opened:
            kept = json.load(opened)
            here = _own(opened.fileno())
        instance_id, seals = uuid.UUID(kept["instance"]), dict(kept["seals"])
    except FileNotFoundError:
        return Found(None)
    except (ValueError, KeyError, TypeError):
        return Found(None, "damaged")
    return Found(instance_id, _difference(seals, _seals(instance_id, here)))


def make_file() -> None:
    """Give the folder a number, unless it has one: of two processes the first one's stays."""
    fresh = _written(uuid.uuid4())
    try:
        os.link(fresh, _file())
    except FileExistsError:
        return
    finally:
        fresh.unlink()


def bind_file(instance_id: uuid.UUID) -> None:
    """Let this folder, here and now, be this instance."""
    _written(instance_id).replace(_file())
    (_home() / SAID_NAME).unlink(missing_ok=True)
    _keep_folder()


def is_said_first() -> bool:
    """Whether this folder says for the first time that it does not fit."""
    try:
        (_home() / SAID_NAME).touch(0o600, exist_ok=False)
    except FileExistsError:
        return False
    return True


def is_exchanging() -> bool:
    """Whether a restore has begun to exchange this instance, and has not ended."""
    return (_home() / JOURNAL_NAME).exists()


def marked() -> int:
    """The highest mark that this folder has seen in its database."""
    with suppress(FileNotFoundError, ValueError):
        return int((_home() / MARK_NAME).read_text())
    return 0


def keep_mark(mark: int) -> None:
    """Note a mark of the database; a lower one than noted stays unnoted."""
    if mark <= marked():
        return
    fresh = _home() / f"{MARK_NAME}.{os.getpid()}"
    fresh.write_text(str(mark))
    fresh.replace(_home() / MARK_NAME)


def forget_mark() -> None:
    """Begin the marks anew: the database of this folder is another one from now on."""
    (_home() / MARK_NAME).unlink(missing_ok=True)


def _home() -> Path:
    return Path(settings.HOME)


def _file() -> Path:
    return _home() / NAME


def _written(instance_id: uuid.UUID) -> Path:
    """A file ready to take the name: written, on the disk, for its owner alone."""
    fresh = _home() / f"{NAME}.{os.getpid()}"
    fresh.unlink(missing_ok=True)
    number = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(number, "w", encoding="utf-8") as out:
        seals = _seals(instance_id, _own(number))
        json.dump({"instance": str(instance_id), "seals": seals}, out, indent=1)
        out.flush()
        os.fsync(number)
    return fresh


def _keep_folder() -> None:
    settle(_home())


def _seals(instance_id: uuid.UUID, own: dict[str, str]) -> dict[str, str]:
    """Hashes, so that the file tells nobody the number of the machine."""
    home = _home().resolve()
    place = {"path": str(home), "folder": str(home.stat().st_ino)}
    return {
        name: hashlib.sha256(f"{instance_id}:{name}:{fact}".encode()).hexdigest()[:32]
        for name, fact in (dict(_machine()) | place | own).items()
    }


def _own(number: int) -> dict[str, str]:
    """What an open file is known by: no copy has both its inode and the moment of its birth."""
    born = _born_at(number)
    return {"file": str(os.fstat(number).st_ino)} | ({"born": born} if born else {})


def _born_at(number: int) -> str:
    """When a file was made, where the system keeps that; `cp -a` cannot set it.

    A folder that was removed first often gives its inodes to the copy that takes its place.
    """
    known = getattr(os.fstat(number), "st_birthtime", None)
    ask = None if known else getattr(ctypes.CDLL(None), "statx", None)
    if ask is None:
        return str(known or "")
    answer = ctypes.create_string_buffer(STATX_BYTES)
    if ask(number, b"", AT_EMPTY_PATH, STATX_BTIME, answer) != 0:
        return ""
    (mask,), (seconds, parts) = _MASK.unpack_from(answer), _BORN.unpack_from(answer, BORN_AT)
    return f"{seconds}.{parts}" if mask & STATX_BTIME else ""


def _machine() -> Iterator[tuple[str, str]]:
    for name, files in (("machine", MACHINE_FILES), ("board", BOARD_FILES)):
        for file in files:
            with suppress(OSError):
                yield name, file.read_text().strip()
                break


def _difference(kept: dict[str, str], here: dict[str, str]) -> str:
    # Compared where both times somebody could read them: not everybody is root, and not every
    # file system keeps a birth.
    unread = {"board", "born"} - (kept.keys() & here.keys())
    names = (kept.keys() | here.keys()) - unread
    differing = {name for name in names if kept.get(name) != here.get(name)}
    if not differing:
        return ""
    return "moved" if differing == {"path"} else "copied"
