"""The work that the cadences make in a week, beside the minutes there are; what to change."""

# The statement is put together from registered SQL and whole numbers alone.

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum

from regulars.consent.choices import Channel
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.planning.kept import CountedGroups
from regulars.planning.priors import MINUTES
from regulars.planning.reading import LONG_LIST
from regulars.planning.terms import Standing, standing_on, terms_sql
from regulars.team.choices import Role
from regulars.team.models import Business, Member, WorkingMinutes
from regulars.team.queries import members_who_look_after

# What people say; "every 37 days" is nobody's habit.
STEPS = (7, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365, 730)
# Whom to hear from us more seldom first, where the minutes are too few: the core last.
LEAST_HARM = (Tier.LOST, Tier.LAPSED, Tier.NEW, Tier.ACTIVE, Tier.SLIPPING, Tier.CORE)
MOST_SUGGESTIONS = 4


@dataclass(frozen=True, slots=True)
class Alike:
    """Customers of one member and tier whose cadences are the same."""

    member_id: int | None
    tier: str
    any_of: str
    cadence_days: int
    personal_days: int | None
    count: int

    def minutes(self, every: int | None = None) -> float:
        """What they take in a week; `every` in place of their days by any touch.

        What has to be a visit, a call or a note takes a call; where it has to be none, so does
        every touch, else the rest are e-mails.
        """
        days, call = every or self.cadence_days, MINUTES[Channel.CALL]
        if self.personal_days is None:
            return self.count * 7 / days * call
        rest = max(0.0, 7 / days - 7 / self.personal_days) * MINUTES[Channel.EMAIL]
        return self.count * (7 / self.personal_days * call + rest)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One change of a tier's days, and what it saves in a week."""

    tier: str
    before: int
    every: int
    saved: int


@dataclass(frozen=True, slots=True)
class Share:
    """What a tier, or one member's customers, need in a week, and what there is."""

    key: str
    customers: int
    needed: int
    has: int = 0
    member: Member | None = None

    @property
    def is_short(self) -> bool:
        return self.needed > self.has


@dataclass(frozen=True, slots=True)
class Load:
    """What the cadences ask for in a week, beside the minutes that there are."""

    tiers: Sequence[Share]
    members: Sequence[Share]
    suggestions: Sequence[Suggestion]
    needed_minutes: int
    minutes: int
    # Of a long list, when everybody was last counted; of others it is now.
    counted_at: datetime | None = None

    @property
    def is_uneven(self) -> bool:
        """Whether somebody lacks minutes while another has some to spare."""
        short = [one.is_short for one in self.members]
        return any(short) and not all(short)


def load_of_cadences(business: Business, today: date) -> Load:
    """Every customer once in their cadence, by tier and by whoever looks after them."""
    standing = standing_on(today)
    members = members_who_look_after()
    kept = CountedGroups.objects.first() if is_long() else None
    groups = kept.rows if kept else _groups(standing, ZoneInfo(business.time_zone))
    alike = _alike(groups, standing, members)
    minutes = _minutes_of(members)
    needed, has = _needed(alike), sum(minutes.values())
    return Load(
        tiers=[_share(tier.value, [a for a in alike if a.tier == tier]) for tier in Tier],
        members=[_of_member(one, alike, minutes.get(one.pk, 0)) for one in members],
        suggestions=_suggestions(alike, standing) if needed > has else [],
        needed_minutes=needed,
        minutes=has,
        counted_at=kept.counted_at if kept else None,
    )


def _needed(alike: Iterable[Alike]) -> int:
    return math.ceil(sum(one.minutes() for one in alike))


def _share(key: str, alike: Sequence[Alike]) -> Share:
    return Share(key, sum(one.count for one in alike), _needed(alike))


def _of_member(member: Member, alike: Sequence[Alike], has: int) -> Share:
    theirs = [one for one in alike if one.member_id == member.pk]
    return Share(member.name, sum(a.count for a in theirs), _needed(theirs), has, member)


def _minutes_of(members: Sequence[Member]) -> dict[int, int]:
    weeks = WorkingMinutes.objects.filter(member__in=members).order_by()
    return dict(weeks.values_list("member").annotate(week=Sum("minutes")))


def _suggestions(alike: Sequence[Alike], standing: Standing) -> list[Suggestion]:
    """The next longer step of each tier, those first whom it harms least."""
    found = []
    for tier in LEAST_HARM:
        theirs = [one for one in alike if one.tier == tier and one.any_of == "tier"]
        before = standing.tiers[tier].any or 0
        every = next((days for days in STEPS if days > before), None)
        if every is None or tier in standing.raised:
            continue
        saved = math.floor(sum(one.minutes() - one.minutes(every) for one in theirs))
        if saved:
            found.append(Suggestion(tier.value, before, every, saved))
    return found[:MOST_SUGGESTIONS]


# By whoever looks after them, tier, and what was said of them alone or of their segment.
_GROUPED = """
WITH {tables}, listed AS (
  SELECT c.manager_id, coalesce(o.tier, f.tier, 'new') AS tier, {given}
  FROM customers_customer c
  LEFT JOIN insight_customerfacts f ON f.customer_id = c.id
  LEFT JOIN insight_tieroverride o ON o.customer_id = c.id
  {joins}
  WHERE c.archived_at IS NULL AND coalesce(f.crowd_sales, 0) = 0
)
SELECT manager_id, tier, any_of, given_any, given_personal, count(*)
FROM listed GROUP BY manager_id, tier, any_of, given_any, given_personal
"""
Grouped = Sequence[Sequence[Any]]


def _groups(standing: Standing, zone: ZoneInfo) -> Grouped:
    sql = terms_sql(standing, zone, standing.day)
    statement = _GROUPED.format(tables=sql.tables, given=sql.given, joins=sql.joins)
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(statement, {name: adapt(at) for name, at in sql.values.items()})
        rows: Grouped = cursor.fetchall()
    return rows


def keep_groups(business: Business, *, at: datetime) -> int:
    """Count everybody for the page of a list too long to count while somebody waits."""
    if not is_long():
        return CountedGroups.objects.all().delete()[0]
    groups = _groups(standing_on(business.day_of(at)), ZoneInfo(business.time_zone))
    rows = [list(one) for one in groups]
    CountedGroups.objects.update_or_create(pk=1, defaults={"rows": rows, "counted_at": at})
    return len(rows)


def is_long() -> bool:
    """Whether there are too many to count everybody for each look at the page."""
    last = Customer.objects.order_by("-pk").values_list("pk", flat=True).first()
    return (last or 0) >= LONG_LIST


def _alike(groups: Grouped, standing: Standing, members: Sequence[Member]) -> list[Alike]:
    """Those groups with the days that hold for them today: a change of a tier's counts at once."""
    staff = {one.pk for one in members}
    owners = sorted(one.pk for one in members if one.role == Role.OWNER)
    nobodys = owners[0] if owners else None
    counts: Counter[tuple[int | None, str, str, int, int | None]] = Counter()
    for manager_id, tier, any_of, given, personal, count in groups:
        days = given or standing.tiers[tier].any or 0
        counts[
            manager_id if manager_id in staff else nobodys,
            tier, any_of, min(days, standing.raised.get(tier, days)),
            personal or standing.tiers[tier].personal,
        ] += count  # fmt: skip
    return [Alike(*alike, count) for alike, count in counts.items()]
