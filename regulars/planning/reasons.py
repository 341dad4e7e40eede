"""Why to get in touch: each reason is a condition over what is known of every customer.

A reason speaks SQL over the columns named in the room's README, so that one pass over the list
weighs all of them; its sentences are written when they are read, from the facts that were kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from regulars.conversations.choices import Purpose
from regulars.core.registry import Registry
from regulars.planning import words
from regulars.planning.models import PlanItem
from regulars.planning.words import Line, Values


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one customer who is due: the row that a reason and a plan are made of."""

    customer_id: int
    kind: str
    tier: str
    reason: str
    stake_minor: int
    channels: int
    is_without_manager: bool
    cadence_days: int
    first_due_on: date | None
    last_touch_on: date | None
    last_channel: str
    purchase_count: int
    first_on: date | None
    last_on: date | None
    rhythm_due_on: date | None
    usual_gap_days: float | None
    may_email: bool

    @property
    def cadence_due_on(self) -> date:
        """When they should have heard from us: by the clock, or on the day of the first touch."""
        by_clock = self.last_touch_on and self.last_touch_on + timedelta(days=self.cadence_days)
        return max(day for day in (by_clock, self.first_due_on, date.min) if day)


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of reason: for whom, how pressing, and its words.

    `when` is a condition and `overdue` a number (1 is just due), both in SQL that SQLite and
    PostgreSQL understand; `urgency` weighs this reason against the others.
    """

    name: str
    purpose: Purpose
    urgency: float
    when: str
    overdue: str
    due_of: Callable[[Known], date]
    sentence: Callable[[Values], str]
    to_say: Callable[[Values], list[Line]]


REASONS: Registry[Reason] = Registry("reasons")


def register(reason: Reason) -> Reason:
    return REASONS.register(reason.name, reason)


def sentence_of_item(item: PlanItem) -> str:
    """Why an item is on the list; nothing where its reason is no longer registered."""
    return REASONS[item.reason].sentence(item.values) if item.reason in REASONS else ""


_HOW_SILENT = (
    "CASE WHEN silent_days IS NULL THEN 1 + waiting_days / 28.0"
    " ELSE silent_days / cadence_days END"
)

# From the particular to the general: where several hold, the first has the word.
register(
    Reason(
        name="first_purchase",
        purpose=Purpose.THANK,
        urgency=1.4,
        when="kind <> 'department' AND purchase_count = 1 AND first_on >= %(fresh_since)s"
        " AND first_on >= %(live_since)s AND first_on < %(day)s",
        overdue="1",
        due_of=lambda known: (known.first_on or date.min) + timedelta(days=1),
        sentence=words.first_purchase,
        to_say=words.to_say_after_first_purchase,
    )
)
# History starts nothing: someone who had begun to slip before we went live waits for the cadence.
register(
    Reason(
        name="rhythm_late",
        purpose=Purpose.ASK,
        urgency=1.2,
        when="kind <> 'department' AND tier <> 'lost' AND rhythm_due_on < %(day)s"
        " AND slipping_on <= %(day)s AND slipping_on >= %(live_since)s",
        overdue="1 + slipping_days / 30.0",
        due_of=lambda known: known.rhythm_due_on or known.cadence_due_on,
        sentence=words.rhythm_late,
        to_say=words.to_say_when_late,
    )
)
register(
    Reason(
        name="department_due",
        purpose=Purpose.ASK,
        urgency=1.0,
        when="kind = 'department' AND is_due = 1",
        overdue=_HOW_SILENT,
        due_of=lambda known: known.cadence_due_on,
        sentence=words.department_due,
        to_say=words.to_say_to_a_department,
    )
)
register(
    Reason(
        name="cadence_due",
        purpose=Purpose.SERVE,
        urgency=1.0,
        when="kind <> 'department' AND is_due = 1 AND silent_days IS NOT NULL",
        overdue=_HOW_SILENT,
        due_of=lambda known: known.cadence_due_on,
        sentence=words.cadence_due,
        to_say=words.to_say_when_due,
    )
)
register(
    Reason(
        name="no_touch_yet",
        purpose=Purpose.ASK,
        urgency=0.8,
        when="kind <> 'department' AND is_due = 1 AND silent_days IS NULL",
        overdue=_HOW_SILENT,
        due_of=lambda known: known.cadence_due_on,
        sentence=words.no_touch_yet,
        to_say=words.to_say_at_first,
    )
)
