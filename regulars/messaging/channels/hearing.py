"""What providers tell us afterwards: proved to be theirs before a byte of it is read (W1)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from regulars.core.registry import Registry

# Standard Webhooks: an older message, or one from the future, is somebody's copy.
LEEWAY = timedelta(minutes=5)
LONGEST_EVENT_ID = 200
SECRET_PREFIX = "whsec_"  # noqa: S105 -- the prefix that the standard gives to secrets

Kind = Literal["delivered", "bounced", "soft_bounce", "complained", "failed", "other"]


class NotTheirs(Exception):
    """The signature is missing, wrong, or too old: nothing was read."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A verified call: which event, when it was signed."""

    event_id: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """One event in our words. Of `message_id` and `provider_id` at least one says about what.

    Where `provider_key` is given too it must be the message's own.
    """

    kind: Kind
    happened_at: datetime
    message_id: UUID | None = None
    provider_key: str = ""
    provider_id: str = ""
    recipient: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class EventSource:
    """A provider that calls us: how its calls are proved, and how its events are read."""

    # Several while a secret changes; none: nothing is believed.
    secrets: Callable[[], Sequence[str]]
    parse: Callable[[bytes], Heard]


# Providers that tell us things; a mail server tells nothing.
event_sources: Registry[EventSource] = Registry("event sources")


def verified(
    headers: Mapping[str, str], body: bytes, *, secrets: Sequence[str], at: datetime
) -> Signed:
    """Prove a call by Standard Webhooks, over the raw body; `NotTheirs` where that fails."""
    event_id = headers.get("webhook-id", "")
    stamp = headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "").split()
    if not event_id or len(event_id) > LONGEST_EVENT_ID or not given:
        raise NotTheirs("a header is missing")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        raise NotTheirs("no timestamp")
    signed_at = datetime.fromtimestamp(int(stamp), UTC)
    if abs(at - signed_at) > LEEWAY:
        raise NotTheirs("too old, or from the future")
    right = [signature(secret, event_id, stamp, body) for secret in secrets]
    # Every pair is compared to the end: how long it takes says nothing about what was right.
    matches = [
        hmac.compare_digest(one.encode("utf-8", "replace"), own.encode())
        for one in given
        for own in right
    ]
    if not any(matches):
        raise NotTheirs("the signature is not theirs")
    return Signed(event_id, signed_at)


def signature(secret: str, event_id: str, stamp: str, body: bytes) -> str:
    """`v1,<base64>` for a body, by one secret."""
    content = b".".join((event_id.encode(), stamp.encode(), body))
    own = hmac.new(_key(secret), content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(own).decode()}"


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotTheirs("our own secret cannot be read") from error
    # A blank secret would let anybody sign.
    if len(key) < 16:
        raise NotTheirs("our own secret is missing or too short")
    return key
