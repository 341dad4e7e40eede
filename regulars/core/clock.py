"""The one clock. Doors read it and pass `at=` to actions; actions never ask it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_fixed: ContextVar[datetime | None] = ContextVar("fixed_now", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC.

    `REGULARS_NOW` (ISO 8601) stops the clock of a whole process, for demonstrations and pictures.
    """
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    frozen = os.environ.get("REGULARS_NOW")
    if frozen:
        moment = datetime.fromisoformat(frozen)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return datetime.now(UTC)


def today(zone: str) -> date:
    """The present day where the business is."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Stop the clock for the body of a `with`, in this context only."""
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
