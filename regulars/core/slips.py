"""What an undo carries in its address: sealed, because addresses end up in logs and histories."""

import json
import zlib
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.errors import NotAllowed
from regulars.core.secrets import SecretLost, open_secret, seal_secret

GOOD_FOR = timedelta(days=1)


def write_slip(purpose: str, values: Any, *, at: datetime) -> str:
    """Plain values (JSON) as a part of an address; good for a day, for this purpose only."""
    text = json.dumps([purpose, at.timestamp(), values])
    return seal_secret(b64encode(zlib.compress(text.encode())).decode())


def read_slip(slip: str, purpose: str, *, at: datetime) -> Any:
    """The values again; NotAllowed for what we did not write, or wrote long ago."""
    try:
        written_for, written_at, values = json.loads(zlib.decompress(b64decode(open_secret(slip))))
    except (SecretLost, UnicodeEncodeError):
        raise _refused() from None
    if written_for != purpose or at.timestamp() - written_at > GOOD_FOR.total_seconds():
        raise _refused()
    return values


def _refused() -> NotAllowed:
    return NotAllowed(_("This cannot be taken back from here."))
