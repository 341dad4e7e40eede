"""Events are rows, read by cursors. Facts travel up; receivers live in the higher room."""

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.db import transaction

from regulars.core.models import Event, EventCursor


class Fact(Protocol):
    """A frozen dataclass in the past tense: ids and plain values, never models."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


Receiver = Callable[[Any, datetime], None]
_receivers: dict[str, tuple[type[Any], Receiver]] = {}


def announce(fact: Fact, *, at: datetime) -> None:
    """Write the fact in the caller's transaction; receivers hear of it after the commit."""
    Event.objects.create(kind=kind_of(type(fact)), payload=asdict(fact), announced_at=at)


def kind_of(fact_type: type[Any]) -> str:
    room = fact_type.__module__.split(".")[-2]
    return f"{room}.{fact_type.__name__}"


def receives(fact_type: type[Any], *, name: str) -> Callable[[Receiver], Receiver]:
    """Register `receiver(fact, at)`, called at least once per fact, in order, after the commit."""

    def register(receiver: Receiver) -> Receiver:
        if name in _receivers:
            raise ValueError(f"two receivers are called {name}")
        _receivers[name] = (fact_type, receiver)
        return receiver

    return register


def deliver_events(*, at: datetime, limit: int = 500) -> int:
    """Let every receiver read on from its cursor; returns how many facts were handed over."""
    return sum(_deliver_to(name, at=at, limit=limit) for name in _receivers)


def _deliver_to(name: str, *, at: datetime, limit: int) -> int:
    fact_type, receiver = _receivers[name]
    with transaction.atomic():
        EventCursor.objects.get_or_create(name=name)
        cursor = EventCursor.objects.select_for_update().get(name=name)
        batch = list(
            Event.objects.filter(kind=kind_of(fact_type), id__gt=cursor.last_event_id).order_by(
                "id"
            )[:limit]
        )
        if not batch:
            return 0
        known = {field.name for field in fields(fact_type)}
        for event in batch:
            receiver(fact_type(**{k: v for k, v in event.payload.items() if k in known}), at)
        cursor.last_event_id = batch[-1].pk
        cursor.save(update_fields=["last_event_id"])
    return len(batch)
