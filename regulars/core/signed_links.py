"""Links that we give to customers: bound to one purpose, one person and one stretch of time.

A token is 45 bytes in 60 characters of a URL: what it is for, whom it is about, in which message
it stood, when it was made, and 128 bits of an HMAC-SHA256 over all that.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from binascii import Error, a2b_base64, b2a_base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from regulars.core.keys import kept_key

if TYPE_CHECKING:
    from hashlib import _Hash

# A number that was given to a kind is never given to another: old links are still about.
NUMBERS = {"unsubscribe": 1, "preferences": 2, "confirm": 3, "visit": 4, "expectations": 5,
           "check_in": 6, "case": 7, "help": 8, "article": 9, "why": 10,
           "offers": 11, "ways": 12}  # fmt: skip
LIVES = {
    "unsubscribe": timedelta(days=400),
    "preferences": timedelta(days=7),
    "confirm": timedelta(days=3),
    # What matters to somebody now is asked about now.
    "expectations": timedelta(days=30),
    # How it went is told within weeks, or not at all; an answer can be changed for seven days.
    "check_in": timedelta(days=60),
    # Help is asked for when it is offered.
    "help": timedelta(days=30),
    # Why somebody stays away is asked when it is noticed, and answered then or never.
    "why": timedelta(days=60),
    # Whether it is right shows within weeks.
    "case": timedelta(days=60),
    # What we sent somebody to read is looked up again months later.
    "article": timedelta(days=180),
    # Help is offered while the need is fresh.
    "ways": timedelta(days=60),
    # As long as an offer is open, and a season at most.
    "offers": timedelta(days=90),
    # What the browser keeps for a link that was exchanged (RELIABILITY A4).
    "visit": timedelta(minutes=30),
}
BODY = Struct(">BQ16sI")
MAC_BYTES = 16
TOKEN_LENGTH = (BODY.size + MAC_BYTES) * 4 // 3
NO_MESSAGE = bytes(16)
BLOCK = 64
URL_SAFE = bytes.maketrans(b"+/", b"-_")
FROM_URL = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, slots=True)
class Link:
    """What a token says. The number is a customer's; that of the request for "confirm", that of the
    check-in for "check_in", that of the telling for "case".
    """

    kind: str
    customer_id: int
    message_id: str
    made_at: datetime
    expires_at: datetime


def make_link(kind: str, customer_id: int, message_id: UUID | str, at: datetime) -> str:
    """The token for one purpose and one person, to stand behind the address of a page."""
    of_message = NO_MESSAGE if not message_id else _bytes_of(message_id)
    body = BODY.pack(NUMBERS[kind], customer_id, of_message, int(at.timestamp()))
    token = b2a_base64(body + _mac(body), newline=False)
    return token.translate(URL_SAFE).decode("ascii")


def read_link(kind: str, token: str, at: datetime) -> Link | None:
    """What a token of this kind says; nothing where it is not ours, was altered or has run out."""
    raw = _raw(token)
    if raw is None:
        return None
    body, mac = raw[: BODY.size], raw[BODY.size :]
    if not hmac.compare_digest(_mac(body), mac):
        return None
    number, customer_id, of_message, seconds = BODY.unpack(body)
    if number != NUMBERS[kind]:
        return None
    made_at = datetime.fromtimestamp(seconds, UTC)
    expires_at = made_at + LIVES[kind]
    if at >= expires_at:
        return None
    message_id = "" if of_message == NO_MESSAGE else str(UUID(bytes=of_message))
    return Link(kind, customer_id, message_id, made_at, expires_at)


def _bytes_of(message_id: UUID | str) -> bytes:
    return message_id.bytes if isinstance(message_id, UUID) else UUID(message_id).bytes


def _raw(token: str) -> bytes | None:
    if len(token) != TOKEN_LENGTH:
        return None
    try:
        raw = a2b_base64(token.encode("ascii").translate(FROM_URL), strict_mode=True)
    except (Error, UnicodeEncodeError):
        return None
    # One token, one spelling: "+" and "-" read the same.
    return raw if urlsafe_b64encode(raw).decode("ascii") == token else None


def _mac(body: bytes) -> bytes:
    # HMAC with its two halves keyed once: a third of what a fresh one costs for every message.
    inner, outer = _keyed(settings.HOME)
    first, second = inner.copy(), outer.copy()
    first.update(body)
    second.update(first.digest())
    return second.digest()[:MAC_BYTES]


@lru_cache(maxsize=4)
def _keyed(_home: object) -> "tuple[_Hash, _Hash]":
    key = kept_key("links").ljust(BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))
    return inner, outer
