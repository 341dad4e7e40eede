"""Counting how far goals are and where they will end, in the background."""

# Statements are put together from constants of this file; every value is bound.

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.db import transaction

from regulars.core import jobs
from regulars.core.jobs import under_way
from regulars.goals.models import Goal, GoalCall, Progress
from regulars.goals.pacing import due_by
from regulars.goals.queries.breaking_even import seasons_of, the_basis
from regulars.goals.queries.gaps import calls_for
from regulars.goals.queries.sales import Sales, sales_of
from regulars.insight.baseline import Stretch, disturbances
from regulars.insight.calendar import OpenDays
from regulars.insight.foretelling import foretold
from regulars.insight.queries import open_days
from regulars.team.queries import the_business

PROGRESS_JOB = "goals.progress"


def ask_for_progress(*, at: datetime) -> None:
    """Have it counted soon; once for all that still waits."""
    if not under_way(PROGRESS_JOB).exists():
        jobs.enqueue(PROGRESS_JOB, at=at)


def count_progress(*, at: datetime) -> int:
    """How far every standing goal is; reads first, writes one row a goal. Returns how many."""
    business = the_business()
    if business is None:
        return 0
    today = business.day_of(at)
    goals = list(Goal.objects.standing().filter(currency=business.currency))
    sales = sales_of(goals, today, business.currency)
    pace = Pace.as_of(today)
    rows = [_progress(goal, sales[goal.pk], pace, at) for goal in goals]
    calls = calls_for(goals, {row.goal_id: row for row in rows}, today, at)
    with transaction.atomic():
        # Whoever takes a goal away for good meanwhile takes its row along.
        known = set(
            Goal.objects.filter(pk__in=[one.pk for one in goals]).values_list("pk", flat=True)
        )
        Progress.objects.bulk_create(
            [row for row in rows if row.goal_id in known],
            update_conflicts=True, unique_fields=["goal"],
            update_fields=[
                "sold_minor", "orders", "due_minor", "low_minor", "middle_minor", "high_minor",
                "until_on", "counted_at",
            ],
        )  # fmt: skip
        GoalCall.objects.all().delete()
        GoalCall.objects.bulk_create([call for call in calls if call.goal_id in known])
    return len(rows)


@dataclass(frozen=True, slots=True)
class Pace:
    """What a day is worth, up to which day all is known, and which days were like no others."""

    today: date
    seasons: Sequence[Fraction]
    is_by_day: bool
    calendar: OpenDays
    stretches: Sequence[Stretch]

    @classmethod
    def as_of(cls, today: date) -> "Pace":
        seasons, is_by_day = seasons_of(the_basis())
        found = [one for source in disturbances for one in source()]
        return cls(today, seasons, is_by_day, open_days(), found)


def _progress(goal: Goal, sales: Sales, pace: Pace, at: datetime) -> Progress:
    sold, orders = sales.between(goal.from_on, min(goal.until_on, pace.today))
    row = Progress(
        goal=goal, sold_minor=sold, orders=max(0, orders), until_on=pace.today, counted_at=at,
        due_minor=due_by(
            pace.today, goal.amount_minor, goal.from_on, goal.until_on, seasons=pace.seasons,
            is_by_day=pace.is_by_day, calendar=pace.calendar,
        ),
    )  # fmt: skip
    ends = _ends(goal, sales, sold, pace) if goal.from_on <= pace.today else None
    if ends is not None:
        row.low_minor, row.middle_minor, row.high_minor = ends
    return row


def _ends(goal: Goal, sales: Sales, sold: int, pace: Pace) -> tuple[int, int, int] | None:
    """Where it will end; today is not over yet, so that what it brings is still to come."""
    yesterday = pace.today - timedelta(days=1)
    if goal.until_on <= yesterday:
        return sold, sold, sold
    found = foretold(
        sales.days, known_until=yesterday, until=goal.until_on, open_days=pace.calendar,
        stretches=pace.stretches,
    )  # fmt: skip
    if found is None:
        return None
    # What is in today is sure, and part of what was foretold of it.
    known, _orders = sales.between(goal.from_on, min(goal.until_on, yesterday))
    low, middle, high = (
        max(sold, known + one) for one in (found.low_minor, found.middle_minor, found.high_minor)
    )
    return low, middle, high
