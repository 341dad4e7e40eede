"""Where the next page begins: after a moment and a number, never at a place in the list."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Q


def key_after(moment: datetime, pk: int) -> str:
    return f"{int(moment.timestamp() * 1_000_000)}_{pk}"


def told_key(told: str) -> tuple[datetime, int] | None:
    """The moment and the number that somebody's address names; None where it names none."""
    moment, _dash, pk = told.partition("_")
    if not all(one.isascii() and one.isdigit() for one in (moment, pk)):
        return None
    # No clock and no table reaches further.
    if len(moment) >= 17 or len(pk) >= 19:
        return None
    micro = int(moment)
    day = datetime.fromtimestamp(micro // 1_000_000, UTC)
    return day.replace(microsecond=micro % 1_000_000), int(pk)


def older_than(key: tuple[datetime, int], moment: str) -> Q:
    """What follows a row where the newest come first."""
    at, pk = key
    earlier: dict[str, Any] = {f"{moment}__lt": at}
    same: dict[str, Any] = {moment: at, "pk__lt": pk}
    return Q(**earlier) | Q(**same)
