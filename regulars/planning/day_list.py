"""A member's list of a day as it stands now: what each line says, and how far the day is."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from regulars.consent.choices import Channel
from regulars.conversations.choices import Outcome
from regulars.conversations.models import Touch
from regulars.insight.choices import Tier
from regulars.messaging.choices import WAITING, State
from regulars.messaging.models import Message
from regulars.messaging.words import sentence_of
from regulars.planning.automatic import way_of
from regulars.planning.choices import ItemState
from regulars.planning.models import Plan, PlanItem
from regulars.planning.priors import NOT_NOW_DAYS
from regulars.planning.words import (
    channel_words,
    day_words,
    refused_sentence,
    until_words,
    weekday_words,
)
from regulars.team.models import Absence, Member


@dataclass(frozen=True, slots=True)
class Shown:
    """One item as it stands now: `state` heeds every touch, however it was logged."""

    item: PlanItem
    state: ItemState
    touch: Touch | None
    # Whose customer it is, while they are away and somebody else has them on their list.
    away: Absence | None = None
    day: date | None = None
    # What can go to them by itself, and the message that does.
    text: str = ""
    message: Message | None = None

    @property
    def how_it_goes(self) -> str:
        """Which text goes by itself, and where it is now."""
        way = {"channel": Channel(self.goes_by).label}
        if self.message is None:
            return _("%(channel)s, once you let it: “%(text)s”.") % {**way, "text": self.text}
        said = State(self.message.state).label
        if self.message.state in (State.HELD, State.SUPPRESSED) and self.message.why:
            return f"{said}. {sentence_of(self.message.why)}"
        return _("%(channel)s: %(state)s.") % {**way, "state": said}

    @property
    def goes_by(self) -> str:
        """By which channel it goes by itself, or can."""
        return way_of(self.item)

    @property
    def for_whom(self) -> str:
        """For whom it is done while they are away; nothing for one's own."""
        if self.away is None or self.day is None:
            return ""
        until = until_words(self.away.ends_on, self.day)
        places = {"name": self.away.member.get_short_name(), "until": until}
        return _("for %(name)s, who is away until %(until)s") % places

    @property
    def is_open(self) -> bool:
        return self.state in (ItemState.OPEN, ItemState.SNOOZED)

    @property
    def tier(self) -> str:
        override = getattr(self.item.customer, "tier_override", None)
        facts = getattr(self.item.customer, "facts", None)
        told = override or facts
        return told.tier if told else Tier.NEW.value

    @property
    def override_reason(self) -> str:
        override = getattr(self.item.customer, "tier_override", None)
        return override.reason if override else ""

    @property
    def how_done(self) -> str:
        """What came of the touch, in a line."""
        if self.touch is None:
            return ""
        places = {
            "outcome": Outcome(self.touch.outcome).label,
            "channel": channel_words(self.touch.channel),
            "line": self.touch.said or self.touch.body,
        }
        if places["line"]:
            return _("%(outcome)s, by %(channel)s. %(line)s") % places
        return _("%(outcome)s, by %(channel)s.") % places

    @property
    def why_put_off(self) -> str:
        """What became of an item that is not today's any more."""
        item = self.item
        if item.state == ItemState.HANDED_OVER:
            name = item.handed_to.name if item.handed_to else _("a colleague")
            return _("Handed over to %(name)s.") % {"name": name}
        places = {"day": day_words(item.until or item.due_on), "remark": item.remark}
        if item.remark:
            return _("Asked again on %(day)s. %(remark)s") % places
        return _("Asked again on %(day)s.") % places


@dataclass(slots=True)
class DayList:
    """One member's day: what is still to do, what is done, what was put off, what can wait."""

    member: Member
    day: date
    plan: Plan | None
    may_settle: bool = False
    # That this member is away today, and who has their customers then; nobody in particular: all.
    away: Absence | None = None
    cover: Member | None = None
    open: list[Shown] = field(default_factory=list)
    done: list[Shown] = field(default_factory=list)
    put_off: list[Shown] = field(default_factory=list)
    waiting: list[Shown] = field(default_factory=list)
    # To whom a text goes by itself today, and to whom one can, once somebody lets it.
    going: list[Shown] = field(default_factory=list)
    may_go: list[Shown] = field(default_factory=list)
    may_let_go: bool = False

    @property
    def themselves_count(self) -> int:
        """To how many a text goes by itself, or can."""
        return len(self.going) + len(self.may_go)

    @property
    def can_be_called_back(self) -> bool:
        """Whether anything that goes by itself has not left yet."""
        return any(one.message and one.message.state in WAITING for one in self.going)

    @property
    def until_words(self) -> str:
        """Until when this member is away."""
        return until_words(self.away.ends_on, self.day) if self.away else ""

    @property
    def heading(self) -> str:
        return weekday_words(self.day)

    @property
    def not_now_until(self) -> date:
        return self.day + timedelta(days=NOT_NOW_DAYS)

    @property
    def minutes(self) -> int:
        return self.plan.minutes if self.plan else 0

    @property
    def done_minutes(self) -> int:
        return sum(one.item.minutes for one in self.done)

    @property
    def open_minutes(self) -> int:
        return sum(one.item.minutes for one in self.open)

    @property
    def used_minutes(self) -> int:
        return self.done_minutes + self.open_minutes

    @property
    def planned_count(self) -> int:
        return len(self.open) + len(self.done)

    @property
    def refused_sentence(self) -> str:
        """What the gate kept from this list, and why."""
        return refused_sentence(self.plan.refused) if self.plan else ""

    @property
    def still_due_count(self) -> int:
        """Those who can wait, beyond the ones that are listed by name."""
        due = self.plan.due_count - self.plan.unreachable_count if self.plan else 0
        told = self.planned_count + len(self.put_off) + len(self.going) + len(self.may_go)
        return max(len(self.waiting), due - told)

    @property
    def all(self) -> list[Shown]:
        return [
            *self.open, *self.done, *self.put_off, *self.going, *self.may_go, *self.waiting,
        ]  # fmt: skip

    def find(self, item_id: int | None) -> Shown | None:
        return next((one for one in self.all if one.item.pk == item_id), None)
