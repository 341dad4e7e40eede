"""Keys of what a device keeps sealed for when there is no connection: handed out, kept nowhere."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import date, timedelta

from regulars.core.keys import kept_key

# For how long what was written down, and could not be sent, may still be opened.
KEY_DAYS = 14


def list_key(what: str, member_id: int, day: date, session: str) -> str:
    """What opens a list of the day on a device: of this member, day and session alone."""
    return _key(f"{what}:{member_id}:{day.isoformat()}:{session}")


def touch_keys(member_id: int, day: date) -> dict[str, str]:
    """What opens the things that wait on a device: one key a day, for this member alone.

    The same for each session: a session that ended while there was no connection loses nothing.
    """
    days = [day - timedelta(days=back) for back in range(KEY_DAYS)]
    return {one.isoformat(): _key(f"touches:{member_id}:{one.isoformat()}") for one in days}


def _key(words: str) -> str:
    return urlsafe_b64encode(
        hmac.new(kept_key("offline"), words.encode(), hashlib.sha256).digest()
    ).decode()
