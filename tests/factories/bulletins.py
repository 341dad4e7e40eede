"""Bulletins as somebody wrote them."""

from datetime import datetime, timedelta
from typing import Any

from regulars.bulletins.actions.writing import draft_bulletin, publish
from regulars.bulletins.models import Bulletin, Version
from regulars.core.actor import SYSTEM, Actor

WORDS = {
    "known": "Two of three ovens bake.\nNobody was hurt.",
    "not_known": "When the third oven comes.",
    "doing": "Baking from midnight.",
}


def make_bulletin(at: datetime, *, by: Actor = SYSTEM, **over: Any) -> Bulletin:
    said = {"title": "How we are doing after the fire", "audience": "everybody", "definition": {}}
    return draft_bulletin(**{**said, **over}, by=by, at=at)


def make_version(
    bulletin: Bulletin, at: datetime, *, by: Actor = SYSTEM, hours: int = 24, **words: str
) -> Version:
    """One more version, with these words in place of the usual ones."""
    bulletin.refresh_from_db()
    return publish(
        bulletin, {"en": {**WORDS, **words}}, next_update_by=at + timedelta(hours=hours), by=by,
        at=at, seen_number=bulletin.version_count,
    )  # fmt: skip
