"""Events are rows, read by cursors. Facts travel up; receivers live in the higher room."""

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from itertools import chain
from typing import Any, ClassVar, Protocol

from django.db import connection, transaction

from regulars.core.models import Event, EventCursor

log = logging.getLogger("regulars.events")

# A batch is one transaction, and on SQLite everybody else's writing waits for it.
BATCH_SECONDS = 0.05
MOST_FAILURES = 5

# PostgreSQL gives a row its number before the commit, so a slow transaction may show a number
# that readers have passed. Whoever announces therefore first locks, shared and until its commit,
# the lowest number it may get; readers stop short of the lowest number locked. Nobody waits. (A
# transaction's number would not do: it is another's after a restore into another server.)
_LOCKS = 0x5245 << 48
_LOCK = f"""
    SELECT CASE WHEN coalesce(current_setting('regulars.announces', true), '') = '' THEN
        pg_advisory_xact_lock_shared({_LOCKS} + last_value + is_called::int)::text
        || set_config('regulars.announces', 'yes', true)
    END FROM core_event_id_seq
"""  # noqa: S608
_LAST = "SELECT last_value FROM core_event_id_seq"
_LOWEST_LOCKED = f"""
    SELECT min(((classid::bigint & 65535) << 32) + objid::bigint) FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = {_LOCKS >> 48}
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND pid <> pg_backend_pid()
"""  # noqa: S608


class Fact(Protocol):
    """A frozen dataclass in the past tense: ids and plain values, never models."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Receiver = Callable[[Any, datetime], None]
_receivers: dict[str, tuple[type[Any], Receiver]] = {}
# Those that hear only the last of several.
_told_last: set[str] = set()


def announce(fact: Fact, *, at: datetime) -> None:
    """Write the fact in the caller's transaction; receivers hear of it after the commit."""
    with transaction.atomic(savepoint=False):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(_LOCK)
        Event.objects.create(kind=kind_of(type(fact)), payload=asdict(fact), announced_at=at)


def kind_of(fact_type: type[Any]) -> str:
    room = fact_type.__module__.split(".")[-2]
    return f"{room}.{fact_type.__name__}"


def receives(
    fact_type: type[Any], *, name: str, only_last: bool = False
) -> Callable[[Receiver], Receiver]:
    """Register `receiver(fact, at)`, called at least once per fact, in order, after the commit.

    A fact at which it fails five times is set aside for it, so that it hears those that follow.
    With `only_last` it hears one of those that wait together: enough for whoever only has to know
    that something happened, when a thousand answers come in a minute.
    """

    def register(receiver: Receiver) -> Receiver:
        if name in _receivers:
            raise ValueError(f"two receivers are called {name}")
        _receivers[name] = (fact_type, receiver)
        if only_last:
            _told_last.add(name)
        return receiver

    return register


def deliver_events(*, at: datetime, limit: int = 500) -> int:
    """Let every receiver read on from its cursor; returns how many facts were handed over.

    A receiver that fails keeps none of the others waiting; its error is raised at the end.
    """
    delivered = 0
    errors: list[Exception] = []
    waiting = _who_has_waiting()
    for name in _receivers:
        if name not in waiting:
            continue
        with transaction.atomic():
            EventCursor.objects.get_or_create(name=name)
            cursor = EventCursor.objects.select_for_update().get(name=name)
            handed, error = _deliver_to(cursor, at=at, limit=limit)
        delivered += handed
        errors += [error] if error else []
        if handed:
            # What a receiver announces itself is heard by those after it at once.
            waiting |= _who_has_waiting()
    if errors:
        raise errors[0]
    return delivered


def _who_has_waiting() -> set[str]:
    """Receivers that have something to hear, or never heard anything: one question for all.

    The worker asks it all day long, most of the time for nothing.
    """
    kinds = {name: kind_of(fact_type) for name, (fact_type, _receiver) in _receivers.items()}
    if not kinds:
        return set()
    # Each receiver hears one kind of fact, which stands in the code and not in the table.
    choice = " ".join(["WHEN %s THEN %s"] * len(kinds))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.name, EXISTS (SELECT 1 FROM core_event e WHERE e.kind = CASE c.name {choice}"  # noqa: S608
            " END AND e.id > c.last_event_id) FROM core_eventcursor c",
            list(chain.from_iterable(kinds.items())),
        )
        known = dict(cursor.fetchall())
    return {name for name in kinds if known.get(name, True)}


def _deliver_to(cursor: EventCursor, *, at: datetime, limit: int) -> tuple[int, Exception | None]:
    """Hand over one batch; returns how many facts went over, and what went wrong at the next."""
    fact_type, receiver = _receivers[cursor.name]
    handed = 0
    error: Exception | None = None
    until = time.monotonic() + BATCH_SECONDS
    waiting = _next_events(kind_of(fact_type), cursor.last_event_id, limit)
    if cursor.name in _told_last:
        handed, waiting = len(waiting[:-1]), waiting[-1:]
    for event in waiting:
        error = _hand_over(event, fact_type, receiver, at)
        if error is not None:
            _count_failure(cursor, event, error)
            break
        cursor.last_event_id, cursor.failures = event.pk, 0
        handed += 1
        if time.monotonic() >= until:
            break
    if handed or error:
        cursor.save(update_fields=["last_event_id", "failures", "set_aside"])
    return handed, error


def _next_events(kind: str, after: int, limit: int) -> list[Event]:
    waiting = Event.objects.filter(kind=kind, id__gt=after).order_by("id")
    if connection.vendor == "postgresql":
        if not waiting.exists():
            return []
        waiting = waiting.filter(id__lte=_settled_up_to())
    return list(waiting[:limit])


def _settled_up_to() -> int:
    """Up to which number every event is either there to be read or will never be."""
    with connection.cursor() as cursor:
        # In this order: whoever locks after the first look gets a higher number than it saw.
        cursor.execute(_LAST)
        last = int(cursor.fetchone()[0])
        cursor.execute(_LOWEST_LOCKED)
        locked = cursor.fetchone()[0]
    return last if locked is None else min(last, locked - 1)


def _hand_over(
    event: Event, fact_type: type[Any], receiver: Receiver, at: datetime
) -> Exception | None:
    known = {field.name for field in fields(fact_type)}
    try:
        with transaction.atomic():
            receiver(fact_type(**{k: v for k, v in event.payload.items() if k in known}), at)
    except Exception as error:
        return error
    return None


def _count_failure(cursor: EventCursor, event: Event, error: Exception) -> None:
    cursor.failures += 1
    if cursor.failures >= MOST_FAILURES:
        log.error("%s is set aside by %s: it keeps failing", event, cursor.name, exc_info=error)
        cursor.last_event_id, cursor.failures = event.pk, 0
        cursor.set_aside += 1
