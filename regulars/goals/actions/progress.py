"""Counting how far goals are, in the background: one statement for each kind of group."""

# Statements are put together from constants of this file; every value is bound.

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import connection, transaction

from regulars.core import jobs
from regulars.core.jobs import under_way
from regulars.goals.actions.counting import Sorter
from regulars.goals.choices import Counts, Whom
from regulars.goals.models import Goal, GoalCall, Progress
from regulars.goals.pacing import due_by
from regulars.goals.queries.breaking_even import product_groups, seasons_of, the_basis
from regulars.goals.queries.gaps import calls_for
from regulars.goals.reckoning import month_after
from regulars.insight.baseline import Stretch, disturbances
from regulars.insight.calendar import OpenDays
from regulars.insight.foretelling import foretold
from regulars.insight.queries import open_days
from regulars.team.queries import the_business

PROGRESS_JOB = "goals.progress"
# What came before says what is to come; longer ago it says little.
MONTHS_BACK = 36
# Who was in a tier on a day; with the first count of all, its history begins.
TIERS = (
    "LEFT JOIN (SELECT customer_id, to_tier FROM insight_tierchange"
    " WHERE (changed_on <= %(begin)s OR why = 'first')"
    " AND (until_on IS NULL OR until_on > %(begin)s)) g ON g.customer_id = o.customer_id"
)
SEGMENTS = (
    "JOIN (SELECT DISTINCT segment_id, customer_id FROM lists_segmentmember"
    " WHERE left_at IS NULL OR left_at >= %(begin_at)s) g ON g.customer_id = o.customer_id"
)
# Somebody with two addresses lives at the first.
PLACES = (
    "JOIN (SELECT customer_id, {kind} AS place FROM (SELECT customer_id, {kind}, ROW_NUMBER()"
    " OVER (PARTITION BY customer_id ORDER BY is_primary DESC, id) AS nth"
    " FROM customers_contactpoint WHERE kind = 'address' AND {kind} <> '') p WHERE nth = 1) g"
    " ON g.customer_id = o.customer_id"
)
ORDERS = (
    "SELECT CAST(o.placed_on AS text), {value}, c.manager_id, SUM(o.total_minor),"
    " SUM(CASE WHEN o.kind = 'sale' THEN 1 ELSE 0 END)"
    " FROM orders_order o LEFT JOIN customers_customer c ON c.id = o.customer_id {join}"
    " WHERE o.placed_on >= %(since)s AND o.placed_on <= %(until)s AND o.currency = %(currency)s"
    "{where} GROUP BY 1, 2, 3"
)
GOODS = (
    "SELECT CAST(o.placed_on AS text), l.sku, l.description, c.manager_id, SUM(l.total_minor),"
    " COUNT(DISTINCT CASE WHEN o.kind = 'sale' THEN o.id END)"
    " FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id"
    " LEFT JOIN customers_customer c ON c.id = o.customer_id"
    " WHERE o.placed_on >= %(since)s AND o.placed_on <= %(until)s AND o.currency = %(currency)s"
    " GROUP BY 1, 2, 3, 4"
)
Sums = tuple[int, int]


@dataclass(slots=True)
class Sales:
    """What a goal's group bought, by day: money and orders."""

    days: dict[date, Sums] = field(default_factory=dict)

    def add(self, day: date, minor: int, orders: int) -> None:
        money, count = self.days.get(day, (0, 0))
        self.days[day] = money + minor, count + orders

    def between(self, first: date, last: date) -> Sums:
        held = [sums for day, sums in self.days.items() if first <= day <= last]
        return sum(money for money, _count in held), sum(count for _money, count in held)


# A day, which of the groups, whose, and what.
Row = tuple[date, Any, int | None, int, int]


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
    calls = calls_for(goals, {row.goal_id: row for row in rows}, today)
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


def sales_of(goals: Iterable[Goal], today: date, currency: str) -> Mapping[int, Sales]:
    """What each goal's group bought in the last three years, by goal and day.

    Goals of one kind that begin on the same day are counted together, however many they are.
    """
    together: dict[tuple[str, str, date], list[Goal]] = defaultdict(list)
    for goal in goals:
        by_day = goal.whom in (Whom.TIER, Whom.SEGMENT)
        begin = min(goal.from_on, today) if by_day else today
        together[goal.whom, goal.place_kind, begin].append(goal)
    found: dict[int, Sales] = defaultdict(Sales)
    for (whom, kind, begin), theirs in together.items():
        values = {
            "since": month_after(today.replace(day=1), -MONTHS_BACK), "until": today,
            "currency": currency, "begin": begin, "begin_at": begin,
        }  # fmt: skip
        _give_out(theirs, _rows(whom, kind, theirs, values), found)
    return found


def _give_out(goals: Sequence[Goal], rows: Iterator[Row], found: dict[int, Sales]) -> None:
    by_value: dict[Any, list[Goal]] = defaultdict(list)
    for goal in goals:
        by_value[_value_of(goal)].append(goal)
    for day, value, manager, minor, orders in rows:
        for goal in by_value.get(value, ()):
            if goal.counts == Counts.ALL or manager == goal.manager_id:
                found[goal.pk].add(day, minor, orders)


def _value_of(goal: Goal) -> Any:
    values: dict[str, Any] = {
        Whom.TIER: goal.tier, Whom.SEGMENT: goal.segment_id, Whom.GOODS: goal.goods_id,
        Whom.REGION: goal.place,
    }  # fmt: skip
    return values.get(goal.whom, "")


def _rows(whom: str, kind: str, goals: Sequence[Goal], values: dict[str, Any]) -> Iterator[Row]:
    if whom == Whom.GOODS:
        return _of_goods(values)
    value, join, where = {
        Whom.EVERYBODY.value: ("''", "", ""),
        Whom.TIER.value: (
            "COALESCE(g.to_tier, 'new')", TIERS, " AND o.customer_id IS NOT NULL",
        ),
        Whom.SEGMENT.value: ("g.segment_id", SEGMENTS, ""),
        Whom.REGION.value: ("g.place", PLACES.replace("{kind}", kind), ""),
    }[whom]  # fmt: skip
    sql = ORDERS.replace("{value}", value).replace("{join}", join).replace("{where}", where)
    return _fetched(sql, values, lambda row: (row[1], row[2]))


def _of_goods(values: dict[str, Any]) -> Iterator[Row]:
    sorter = Sorter(product_groups())
    return _fetched(GOODS, values, lambda row: (sorter.group_of(str(row[1]), str(row[2])), row[3]))


def _fetched(
    sql: str, values: dict[str, Any], told: Callable[[Sequence[Any]], tuple[Any, int | None]]
) -> Iterator[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while rows := cursor.fetchmany(2_000):
            for row in rows:
                value, manager = told(row)
                minor, orders = row[-2], row[-1]
                yield date.fromisoformat(str(row[0])[:10]), value, manager, int(minor), int(orders)
