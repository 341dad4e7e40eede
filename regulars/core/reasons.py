"""Why to get in touch with a customer: rooms below planning say so, planning weighs and tells it.

A source gives all its rows at once, as one query that planning joins to everything else it knows;
what is said of them follows from the subjects (an id as text), for a whole page in one go.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from regulars.core.registry import Registry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    # Lives in the stubs only.
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say, with a hint in pencil."""

    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A reason in words: why, what to say, and the page on which the matter itself stands."""

    sentence: str
    lines: Sequence[Line] = field(default_factory=tuple)
    page: str = ""
    page_words: str = ""


@dataclass(frozen=True, slots=True)
class ReasonDay:
    """The day that is planned, where the business is."""

    day: date
    zone: ZoneInfo

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.day, time(), self.zone)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.day + timedelta(days=1), time(), self.zone)


@dataclass(frozen=True, slots=True)
class ReasonSource:
    """A kind of reason that another room gives.

    `rows` is a query with the columns `customer_id`, `overdue` (1 is just due), `due_on` (since
    when it should be shown) and `subject` (text); planning takes the most overdue row of each
    customer. It is no matter of the cadence: who was touched yesterday is told of all the same, and
    somebody's "not now" from before `due_on` does not count. `purpose` is one of consent's;
    `urgency` weighs it against the others (a first purchase has 1.4, a cadence 1.0). `listed` are
    the list fields that, hidden from a role, hide the sentence too.
    """

    name: str
    purpose: str
    urgency: float
    rows: "Callable[[ReasonDay], QuerySet[Any, Any]]"
    describe: Callable[[Collection[str]], Mapping[str, Told]]
    listed: tuple[str, ...] = ()
    # What it is called where it can be switched off.
    label: "str | _StrPromise" = ""


# In the order of their registration: where several hold for one customer, the first has the word.
reason_sources: Registry[ReasonSource] = Registry("sources of reasons")


def register_source(source: ReasonSource) -> ReasonSource:
    return reason_sources.register(source.name, source)


def source_named(name: str) -> ReasonSource | None:
    """The source of a reason; nothing where planning gives it itself."""
    return next((one for one in reason_sources if one.name == name), None)
