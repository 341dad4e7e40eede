"""A sealed file opens with its key alone, whole, or not at all."""

import io
import os

import pytest

from regulars.core.errors import Refusal
from regulars.core.sealed_file import MAGIC, PIECE, SALT_BYTES, TAG_BYTES, Opener, Sealer

KEY = bytes(range(32))
HEAD = len(MAGIC) + SALT_BYTES


def sealed(plain: bytes) -> bytes:
    out = io.BytesIO()
    with Sealer(out, KEY) as sealer:
        for start in range(0, len(plain), 300_000):
            sealer.write(plain[start : start + 300_000])
    return out.getvalue()


def opened(raw: bytes, key: bytes = KEY) -> bytes:
    return Opener(io.BytesIO(raw), key).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_is_sealed_opens_again(size: int) -> None:
    plain = os.urandom(size)

    assert opened(sealed(plain)) == plain


def test_nothing_of_the_content_shows_and_no_two_are_alike() -> None:
    plain = b"ruth@x.example" * 100

    assert b"ruth" not in sealed(plain)
    assert sealed(plain) != sealed(plain)


def _other_bit(raw: bytes) -> bytes:
    return raw[:-1] + bytes([raw[-1] ^ 1])


def _last_piece_gone(raw: bytes) -> bytes:
    return raw[: HEAD + PIECE + TAG_BYTES]


def _pieces_swapped(raw: bytes) -> bytes:
    size = PIECE + TAG_BYTES
    first, second = raw[HEAD : HEAD + size], raw[HEAD + size : HEAD + 2 * size]
    return raw[:HEAD] + second + first + raw[HEAD + 2 * size :]


@pytest.mark.parametrize("spoil", [_other_bit, _last_piece_gone, _pieces_swapped])
def test_what_was_changed_does_not_open(spoil: object) -> None:
    raw = sealed(os.urandom(2 * PIECE + 5))

    with pytest.raises(Refusal, match="does not open"):
        opened(spoil(raw))  # type: ignore[operator]


def test_another_key_does_not_open() -> None:
    with pytest.raises(Refusal, match="does not open"):
        opened(sealed(b"secret"), bytes(32))


def test_another_file_is_not_a_backup() -> None:
    with pytest.raises(Refusal, match="not a backup"):
        opened(b"PK\x03\x04")
