"""What is known of a customer who is due, and the registry of reasons to get in touch."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from regulars.consent.choices import Purpose
from regulars.core.reasons import Line, reason_sources
from regulars.core.registry import Registry
from regulars.insight.models import BuyingLess
from regulars.planning.words import Values

if TYPE_CHECKING:
    from regulars.planning.terms import OwnTerms

# What a sentence needs of somebody who buys less.
TOLD_OF_LESS = (
    "recent_count", "is_by_basket", "share", "usual_minor", "recent_minor",
    "usual_gap_days", "recent_gap_days", "missing", "is_wholly_missing", "worth_minor",
)  # fmt: skip


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
    # What they buy less, where they do.
    less: BuyingLess | None = None
    # Whose reason it is and since when, where another room gave it.
    subject: str = ""
    given_on: date | None = None
    last_personal_on: date | None = None
    # How often they should hear from us, and the segment whose cadence that may be.
    terms: "OwnTerms | None" = None
    segment: str = ""

    @property
    def personal_due_on(self) -> date:
        """When somebody should have given them their time."""
        every = self.terms.personal_days if self.terms else None
        if every is None or self.last_personal_on is None:
            return self.cadence_due_on
        return self.last_personal_on + timedelta(days=every)

    @property
    def less_since_on(self) -> date:
        return self.less.since_on if self.less else self.cadence_due_on

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
    # Which column has to be 1 before it may speak: that nothing of ours came within the cadence.
    waits_until: str = "is_rested"
    # Whether it may wait a while for a manager who is away; else whoever covers hears of it.
    may_wait: bool = False


REASONS: Registry[Reason] = Registry("reasons")


def register(reason: Reason) -> Reason:
    return REASONS.register(reason.name, reason)


def purpose_of(name: str) -> Purpose:
    """What a reason is for, be it of this room or given by another."""
    return REASONS[name].purpose if name in REASONS else Purpose(reason_sources[name].purpose)


def due_on_of(known: Known) -> date:
    """Since when it is time."""
    return known.given_on or REASONS[known.reason].due_of(known)
