"""Keys of this instance: random, made once, each in a file that its owner alone may read."""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from django.conf import settings

KEY_BYTES = 32


def kept_key(name: str) -> bytes:
    """The key of this name, from `keys/` in the instance's folder; made where there is none.

    Several machines of one instance share their keys by sharing that folder's files.
    """
    return _read(Path(settings.HOME) / "keys" / f"{name}.key")


def forget_kept() -> None:
    """Read the keys anew: a restore has exchanged their files."""
    _read.cache_clear()


@lru_cache(maxsize=64)
def _read(file: Path) -> bytes:
    if not file.exists():
        _make(file)
    return bytes.fromhex(file.read_text().strip())


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_hex(KEY_BYTES))
    try:
        # A link fails where the file exists: of two who make it at once, the first one's key stays.
        os.link(fresh, file)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
