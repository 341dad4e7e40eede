"""Secrets at rest: sealed with a key that is not in the database (RELIABILITY K1).

A sealed value names its key, so that keys can change: `<number of the key>.<nonce and text>`.
Whoever seals a column registers how its values are sealed anew.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.keys import KeyDamaged, kept_key
from regulars.core.registry import Registry

NONCE_BYTES = 12

# For each sealed column: opens its values and seals them anew; returns how many.
sealed_columns: Registry[Callable[[Callable[[str], str]], int]] = Registry("sealed columns")


class SecretLost(Exception):
    """The key is not here, or the value is not ours: it must be entered again."""


def seal_secret(plain: str) -> str:
    """The secret as it may be stored; the same secret is sealed differently each time."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    number = _newest()
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = AESGCM(kept_key(_name(number))).encrypt(nonce, plain.encode(), str(number).encode())
    return f"{number}.{urlsafe_b64encode(nonce + sealed).decode()}"


def open_secret(sealed: str) -> str:
    """The secret again, or `SecretLost`."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    number, _dot, content = sealed.partition(".")
    # A key that is not there must not be made: nothing was ever sealed with it.
    if not number.isdecimal() or int(number) > _newest():
        raise SecretLost("The key of a secret is missing.")
    try:
        whole = urlsafe_b64decode(content)
        key = AESGCM(kept_key(_name(int(number))))
        plain = key.decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], number.encode())
    except (InvalidTag, ValueError, KeyDamaged) as error:
        raise SecretLost("A secret cannot be read with the key that is here.") from error
    return plain.decode()


def change_key(*, by: Actor, at: datetime) -> int:
    """Make a new key and seal every secret with it; returns how many there were.

    Older keys stay in their files: backups hold what they sealed.
    """
    number = _newest() + 1
    kept_key(_name(number))
    with transaction.atomic():
        count = sum(reseal(_anew) for reseal in sealed_columns)
        audit.record("changed key", "core.secrets", by=by, at=at, number=number, count=count)
    return count


def key_in_use() -> str:
    """The name of the key with which secrets are sealed now."""
    return _name(_newest())


def _anew(sealed: str) -> str:
    return seal_secret(open_secret(sealed)) if sealed else ""


def _newest() -> int:
    files = (Path(settings.HOME) / "keys").glob("secrets-*.key")
    return max(
        (int(n) for f in files if (n := f.stem.removeprefix("secrets-")).isdecimal()), default=1
    )


def _name(number: int) -> str:
    return "secrets" if number == 1 else f"secrets-{number}"
