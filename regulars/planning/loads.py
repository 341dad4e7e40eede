"""The work that the cadences make in a week, beside the minutes there are; what to change."""

# The statement is put together from registered SQL and whole numbers alone.

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum

from regulars.consent.choices import Channel
from regulars.insight.choices import Tier
from regulars.planning.priors import MINUTES
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

    @property
    def is_uneven(self) -> bool:
        """Whether somebody lacks minutes while another has some to spare."""
        short = [one.is_short for one in self.members]
        return any(short) and not all(short)


def load_of_cadences(business: Business, today: date) -> Load:
    """Every customer once in their cadence, by tier and by whoever looks after them."""
    standing = standing_on(today)
    members = members_who_look_after()
    alike = _alike(standing, members, ZoneInfo(business.time_zone))
    minutes = _minutes_of(members)
    needed, has = _needed(alike), sum(minutes.values())
    return Load(
        tiers=[_share(tier.value, [a for a in alike if a.tier == tier]) for tier in Tier],
        members=[_of_member(one, alike, minutes.get(one.pk, 0)) for one in members],
        suggestions=_suggestions(alike, standing) if needed > has else [],
        needed_minutes=needed,
        minutes=has,
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


_ALIKE = """
WITH {tables}, listed AS (
  SELECT CASE WHEN c.manager_id IN ({staff}) THEN c.manager_id ELSE {owner} END AS member_id,
    coalesce(o.tier, f.tier, 'new') AS tier, {given}
  FROM customers_customer c
  LEFT JOIN insight_customerfacts f ON f.customer_id = c.id
  LEFT JOIN insight_tieroverride o ON o.customer_id = c.id
  {joins}
  WHERE c.archived_at IS NULL AND coalesce(f.crowd_sales, 0) = 0
), timed AS (SELECT listed.*, {resolved} FROM listed)
SELECT member_id, tier, any_of, cadence_days, personal_days, count(*)
FROM timed GROUP BY member_id, tier, any_of, cadence_days, personal_days
"""


def _alike(standing: Standing, members: Sequence[Member], zone: ZoneInfo) -> list[Alike]:
    sql = terms_sql(standing, zone, standing.day)
    owners = sorted(one.pk for one in members if one.role == Role.OWNER)
    statement = _ALIKE.format(
        tables=sql.tables, given=sql.given, joins=sql.joins, resolved=sql.resolved,
        staff=", ".join(str(one.pk) for one in members) or "NULL",
        owner=owners[0] if owners else "NULL",
    )  # fmt: skip
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(statement, {name: adapt(at) for name, at in sql.values.items()})
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
    return [Alike(*row) for row in rows]
