"""The week ahead: who comes due on each day, beside the minutes there are; what evens it out."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from regulars.consent.choices import Channel
from regulars.core.actor import Actor
from regulars.insight.choices import Tier
from regulars.planning.models import NextContact
from regulars.planning.priors import MINUTES
from regulars.planning.queries import members_with_lists
from regulars.planning.sharing import homes_on, split
from regulars.planning.spreading import IsOpen, working_days
from regulars.team.absences import days_away
from regulars.team.models import Business, Member, WorkingMinutes
from regulars.team.queries import members_who_look_after

DAYS = 7
MOST_MOVES = 4
# Fewer are no matter: nobody learns to know another customer for them.
LEAST_MOVED = 2


@dataclass(frozen=True, slots=True)
class DayDue:
    """One day of one member: how many come due, what they take, and what there is."""

    day: date
    count: int
    minutes: int
    # What is left of the days before with it, where these were too short.
    needed: int
    is_open: bool
    is_away: bool = False

    @property
    def is_short(self) -> bool:
        return self.needed > self.minutes

    @property
    def over(self) -> int:
        """How many minutes are wanting."""
        return max(0, self.needed - self.minutes)

    @property
    def share(self) -> float:
        """How full the day is, at most 1."""
        if not self.minutes:
            return 1.0 if self.needed else 0.0
        return min(1.0, self.needed / self.minutes)


@dataclass(frozen=True, slots=True)
class MemberWeek:
    """The seven days of one member; who has waited since before stands on the first."""

    member: Member
    days: Sequence[DayDue]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.days)

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.days)

    @property
    def needed(self) -> int:
        return self.count * MINUTES[Channel.CALL]

    @property
    def is_short(self) -> bool:
        return self.needed > self.minutes


@dataclass(frozen=True, slots=True)
class Move:
    """So many of one member's customers would fit into the week of another."""

    giver: Member
    taker: Member
    count: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Week:
    """The next seven days of everybody whose list one may see."""

    days: Sequence[date]
    members: Sequence[MemberWeek]
    moves: Sequence[Move]
    # Whether it was worked out by when each customer should hear from us.
    is_known: bool = True

    @property
    def counts(self) -> list[tuple[date, int]]:
        """By day, those of everybody."""
        return [
            (day, sum(one.days[place].count for one in self.members))
            for place, day in enumerate(self.days)
        ]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.members)

    @property
    def needed(self) -> int:
        return sum(one.needed for one in self.members)

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.members)

    @property
    def is_short(self) -> bool:
        return self.needed > self.minutes


def week_ahead(actor: Actor, business: Business, today: date) -> Week:
    """Who comes due from today on, by day and by whoever looks after them; few queries."""
    members, days = members_with_lists(actor), [today + timedelta(days=n) for n in range(DAYS)]
    counts, minutes, is_open = _counts(days), _minutes(members), working_days(business)
    away = days_away([one.pk for one in members], days[0], days[-1])
    weeks = [
        MemberWeek(one, _days_of(one, days, counts, minutes, is_open, away.get(one.pk, set())))
        for one in members
    ]
    is_known = bool(counts) or NextContact.objects.exists()
    return Week(days, weeks, _possible(moves_between(weeks), days[-1]), is_known)


def due_by(last: date) -> "QuerySet[NextContact]":
    """Everybody on the list whom we should be in touch with by a day."""
    return NextContact.objects.filter(due_on__lte=last, customer__archived_at=None)


def may_be_given(last: date) -> "QuerySet[NextContact]":
    """Those of them who may change hands: the core stays with whom it knows."""
    core = Q(customer__tier_override__tier=Tier.CORE) | Q(
        customer__tier_override=None, customer__facts__tier=Tier.CORE
    )
    return due_by(last).exclude(core)


def _possible(moves: Sequence[Move], last: date) -> list[Move]:
    if not moves:
        return []
    theirs = may_be_given(last).filter(customer__manager__in=[one.giver for one in moves])
    rows: Any = theirs.order_by().values_list("customer__manager")
    many, call = dict(rows.annotate(count=Count("pk"))), MINUTES[Channel.CALL]
    counts = [(one, min(one.count, many.get(one.giver.pk, 0))) for one in moves]
    return [
        replace(one, count=count, minutes=count * call)
        for one, count in counts
        if count >= LEAST_MOVED
    ]


def _counts(days: Sequence[date]) -> dict[tuple[int, date], int]:
    """By member and day; whom nobody looks after is shared, as it stands today.

    Who is away keeps theirs: a cadence waits for them where it can.
    """
    everybody = members_who_look_after()
    staff = {one.pk for one in everybody}
    shares = homes_on(days[0], everybody).shares
    rows: Any = due_by(days[-1]).order_by().values_list("customer__manager", "due_on")
    found: dict[tuple[int, date], int] = defaultdict(int)
    for member_id, due_on, count in rows.annotate(count=Count("pk")):
        day = max(due_on, days[0])
        if member_id in staff:
            found[member_id, day] += count
        else:
            for pk, theirs in split(count, shares).items():
                found[pk, day] += theirs
    return found


def _minutes(members: Iterable[Member]) -> dict[tuple[int, int], int]:
    rows = WorkingMinutes.objects.filter(member__in=list(members))
    return {(pk, weekday): n for pk, weekday, n in rows.values_list("member", "weekday", "minutes")}


def _days_of(
    member: Member, days: Sequence[date], counts: Mapping[tuple[int, date], int],
    minutes: Mapping[tuple[int, int], int], is_open: IsOpen, away: Collection[date],
) -> list[DayDue]:  # fmt: skip
    found, left_over = [], 0
    for day in days:
        count, opens = counts.get((member.pk, day), 0), is_open(day)
        is_here = opens and day not in away
        has = minutes.get((member.pk, day.weekday()), 0) if is_here else 0
        needed = count * MINUTES[Channel.CALL] + left_over
        found.append(DayDue(day, count, has, needed, opens, day in away))
        left_over = max(0, needed - has)
    return found


def moves_between(weeks: Sequence[MemberWeek]) -> list[Move]:
    """From those whose week is too short to those with minutes to spare, the most pressed first."""
    call = MINUTES[Channel.CALL]
    lacking = {one.member: one.needed - one.minutes for one in weeks if one.is_short}
    spare = {one.member: one.minutes - one.needed for one in weeks if not one.is_short}
    found = []
    for giver, lacks in sorted(lacking.items(), key=lambda one: -one[1]):
        if not spare:
            break
        taker = max(spare, key=lambda one: spare[one])
        count = min(math.ceil(lacks / call), spare[taker] // call)
        if count >= LEAST_MOVED:
            found.append(Move(giver, taker, count, count * call))
            spare[taker] -= count * call
    return found[:MOST_MOVES]
