"""A file that only its key opens, written and read in pieces (AES-256-GCM).

Each piece is sealed with its number and with whether it is the last, so that pieces can be neither
swapped nor cut off unnoticed; each file has a key of its own, drawn from the instance's.
"""

import io
import os
from typing import TYPE_CHECKING, BinaryIO

from django.utils.translation import gettext as _

from regulars.core.errors import Refusal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"REGULARS BACKUP 1\n"
SALT_BYTES, TAG_BYTES = 16, 16
PIECE = 1024 * 1024


class Sealer(io.RawIOBase):
    """Takes plain bytes and writes sealed pieces."""

    def __init__(self, out: BinaryIO, key: bytes) -> None:
        salt = os.urandom(SALT_BYTES)
        self._out, self._head = out, MAGIC + salt
        self._cipher, self._waiting, self._nth = _cipher(key, salt), bytearray(), 0
        out.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, plain: bytes) -> int:  # type: ignore[override]
        self._waiting += plain
        # One piece stays back: only `close` knows that it is the last.
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), is_last=False)
            del self._waiting[:PIECE]
        return len(plain)

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self._waiting), is_last=True)
        super().close()

    def _put(self, plain: bytes, *, is_last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._nth, is_last=is_last), plain, self._head))
        self._nth += 1


class Opener(io.RawIOBase):
    """Reads sealed pieces and gives plain bytes; a Refusal when the key or a piece is wrong."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        self._head = source.read(len(MAGIC) + SALT_BYTES)
        if not self._head.startswith(MAGIC):
            raise Refusal(_("This file is not a backup of Regulars."), _("Choose another file."))
        self._source, self._nth = source, 0
        self._cipher = _cipher(key, self._head[len(MAGIC) :])
        self._plain, self._ahead = b"", source.read(PIECE + TAG_BYTES)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(PIECE), b""))
        if not self._plain and self._ahead:
            self._plain = self._next()
        given, self._plain = self._plain[:size], self._plain[size:]
        return given

    def _next(self) -> bytes:
        from cryptography.exceptions import InvalidTag

        sealed, self._ahead = self._ahead, self._source.read(PIECE + TAG_BYTES)
        try:
            plain = self._cipher.decrypt(
                _nonce(self._nth, is_last=not self._ahead), sealed, self._head
            )
        except InvalidTag:
            raise Refusal(
                _("This backup does not open: it is damaged or cut off, or the key is another."),
                _("Set REGULARS_BACKUP_KEY to the key of the instance that made it."),
            ) from None
        self._nth += 1
        return plain


def _cipher(key: bytes, salt: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    drawn = HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"regulars backup")
    return AESGCM(drawn.derive(key))


def _nonce(nth: int, *, is_last: bool) -> bytes:
    return nth.to_bytes(11, "big") + bytes([is_last])
