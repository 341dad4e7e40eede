"""Who asks, when, and what they may ask about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, Q, QuerySet

from regulars.core.actor import Actor
from regulars.core.list_fields import ListEvent, ListField
from regulars.lists.models import Answer
from regulars.lists.walking import OneByOne


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, on which day, and what they may ask about."""

    actor: Actor
    today: date
    zone: ZoneInfo
    fields: Mapping[str, ListField]
    events: Mapping[str, ListEvent]
    # Segments that this actor may not ask about are as good as not there.
    segments: frozenset[int]
    # The ids of those who fit words by what this actor may see.
    matching: Callable[[str], Any]
    # Answers that hold today, by `key_of` of their question.
    kept: Mapping[str, Answer] = field(default_factory=dict)
    # Whether a page is wanted, which walks down the list; else everybody who fits.
    is_walk: bool = False

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone)

    def some(self, rows: "QuerySet[Any]") -> Q:
        return Q(OneByOne(rows) if self.is_walk else Exists(rows))
