"""Mentions, as the tests need them: written down by the product's own action."""

from datetime import datetime
from typing import Any

from regulars.core.actor import SYSTEM, Actor
from regulars.mentions.actions.hearing import Heard, note_mention
from regulars.mentions.models import Mention


def make_mention(at: datetime, *, by: Actor = SYSTEM, **over: Any) -> Mention:
    """A review on a site, by somebody nobody knows."""
    heard: dict[str, Any] = {
        "site": "Town Guide", "said_at": at, "words": "The rye was burnt", "mark": 2,
        "author": "R. C.", **over,
    }  # fmt: skip
    return note_mention(Heard(**heard), by=by, at=at)[0]
