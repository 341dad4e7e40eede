"""Whether we give the core our time: by whom, how many lately, and who has waited longest."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q

from regulars.customers.models import Customer, CustomerQuerySet
from regulars.insight.choices import Tier
from regulars.insight.queries import of_tier
from regulars.planning.ahead import MemberWeek
from regulars.team.models import Business, Member

# A quarter: who of the core was not visited, called or sent a note in it was left alone.
COVERED_DAYS = 90
MOST_WAITING = 10


@dataclass(frozen=True, slots=True)
class Covered:
    """How many of the core one member looks after, and to how many they gave their time lately.

    `member` is none for those whom nobody looks after.
    """

    member: Member | None
    core: int
    covered: int
    week: MemberWeek | None = None

    @property
    def share(self) -> float:
        return self.covered / self.core if self.core else 0.0

    @property
    def left_alone(self) -> int:
        return self.core - self.covered


@dataclass(frozen=True, slots=True)
class Coverage:
    """The core of everybody, and of each; who of them has waited longest."""

    since: date
    whole: Covered
    members: Sequence[Covered]
    waiting: Sequence[Customer]


def core_coverage(
    business: Business, weeks: Sequence[MemberWeek], today: date
) -> Coverage:  # fmt: skip
    """How far the time of the last ninety days reached; three queries over sets."""
    since = today - timedelta(days=COVERED_DAYS)
    core = of_tier(Customer.objects.on_the_list(), Tier.CORE)
    late = ~Q(clock__last_personal_at__gte=_midnight(since, business)) | Q(clock=None)
    counts = _counts(core, late)
    mine = {one.member.pk for one in weeks}
    rest = [pair for pk, pair in counts.items() if pk not in mine]
    members = [Covered(one.member, *counts.get(one.member.pk, (0, 0)), one) for one in weeks]
    if rest:
        members.append(Covered(None, *_sum(rest)))
    return Coverage(
        since,
        Covered(None, *_sum(counts.values())),
        members,
        _waiting(core.filter(late)),
    )


def _midnight(day: date, business: Business) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(business.time_zone))


def _counts(core: CustomerQuerySet, late: Q) -> Mapping[int | None, tuple[int, int]]:
    rows: Any = core.order_by().values_list("manager_id")
    found: dict[int | None, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for manager_id, core_count, left in rows.annotate(
        core=Count("pk"), left=Count("pk", filter=late)
    ):
        found[manager_id] = (core_count, core_count - left)
    return found


def _sum(pairs: Any) -> tuple[int, int]:
    both = list(pairs)
    return sum(core for core, _covered in both), sum(covered for _core, covered in both)


def _waiting(late: CustomerQuerySet) -> list[Customer]:
    """Those whom nobody visited, called or sent a note for longest; never comes before all."""
    ordered = late.order_by(
        F("clock__last_personal_at").asc(nulls_first=True),
        F("facts__stake_minor").desc(nulls_last=True), "pk",
    )  # fmt: skip
    return list(ordered.select_related("clock", "manager", "facts")[:MOST_WAITING])
