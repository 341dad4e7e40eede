"""Keys of this instance: random, made once, each in a file that its owner alone may read."""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from regulars.core.disk import settle

KEY_BYTES = 32


class KeyDamaged(ImproperlyConfigured):
    """A key's file holds no key. Anything made with what it holds would fit nothing kept before."""

    def __init__(self, file: Path) -> None:
        self.sentence = f"The key in {file} is damaged."
        self.remedy = (
            "Stop everything and bring that file back from a backup; do not remove it, or what "
            "was sealed with it is lost."
        )
        super().__init__(f"{self.sentence} {self.remedy}")


def kept_key(name: str) -> bytes:
    """The key of this name, from `keys/` in the instance's folder; made where there is none.

    Several machines of one instance share their keys by sharing that folder's files.
    """
    return _kept(str(settings.HOME), name)


# Sealing a million addresses asks a million times: putting the path together took longer.
@lru_cache(maxsize=64)
def _kept(home: str, name: str) -> bytes:
    return _read(Path(home) / "keys" / f"{name}.key")


def is_kept(name: str) -> bool:
    """Whether there is such a key already; makes none."""
    return (Path(settings.HOME) / "keys" / f"{name}.key").exists()


def forget_kept() -> None:
    """Read the keys anew: a restore has exchanged their files."""
    _kept.cache_clear()


def _read(file: Path) -> bytes:
    if not file.exists():
        _make(file)
    try:
        key = bytes.fromhex(file.read_text().strip())
    except ValueError:
        raise KeyDamaged(file) from None
    if len(key) != KEY_BYTES:
        raise KeyDamaged(file)
    return key


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    number = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(number, "w", encoding="ascii") as out:
        out.write(secrets.token_hex(KEY_BYTES))
        out.flush()
        # On the disk before it has its name: a power cut must not leave an empty key.
        os.fsync(number)
    try:
        # A link fails where the file exists: of two who make it at once, the first one's key stays.
        os.link(fresh, file)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
        for folder in (file.parent, file.parent.parent):
            settle(folder)
