"""First touches of those whom we have not been in touch with since we began: over four weeks."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.db import connection
from django.db.models.functions import TruncDate

from regulars.customers.models import Customer
from regulars.planning.candidates import DayAhead
from regulars.planning.models import FirstTouch
from regulars.planning.priors import SPREAD_DAYS
from regulars.team.models import Business, WorkingMinutes

IsOpen = Callable[[date], bool]
MONDAY = 0

# Best stakes first in each manager's list, evenly over the working days. The days come as one
# text of ISO dates, ten characters each, because both databases can cut a text.
_SQL = """
INSERT INTO planning_firsttouch (customer_id, due_on)
SELECT customer_id, {day}
FROM (
  SELECT c.id AS customer_id,
    (row_number() OVER (PARTITION BY c.manager_id
       ORDER BY coalesce(f.stake_minor, 0) DESC, c.id) - 1) * %(count)s
     / count(*) OVER (PARTITION BY c.manager_id) AS place
  FROM customers_customer c
  LEFT JOIN insight_customerfacts f ON f.customer_id = c.id
  LEFT JOIN conversations_clock t ON t.customer_id = c.id
  WHERE c.archived_at IS NULL AND c.created_at >= %(from_at)s AND c.created_at < %(to_at)s
    AND (t.last_touch_at IS NULL OR t.last_touch_at < %(live_at)s)
    AND NOT EXISTS (SELECT 1 FROM planning_firsttouch x WHERE x.customer_id = c.id)
) placed
"""


def spread_first_touches(ahead: DayAhead, is_open: IsOpen) -> int:
    """Give every customer without a touch since the first day a day for it; returns how many.

    Those on the list when the business went live are spread over the four weeks from that day;
    those who come later, over the four weeks from the day they came.
    """
    long_ago = datetime(1, 1, 2, tzinfo=UTC)
    live_at = ahead.midnight(ahead.live_since + timedelta(days=1))
    spread = 0
    # Of those up to the last who has a day nobody is new; looked at again once a week.
    last_placed = FirstTouch.objects.order_by("-pk").values_list("pk", flat=True).first()
    newer_than = last_placed if last_placed and ahead.day.weekday() != MONDAY else 0
    if not newer_than:
        spread = _spread(ahead, is_open, start=ahead.live_since, since=long_ago, before=live_at)
    for day in _arrival_days(ahead, live_at, newer_than):
        since, before = ahead.midnight(day), ahead.midnight(day + timedelta(days=1))
        spread += _spread(ahead, is_open, start=day, since=since, before=before)
    return spread


def working_days(business: Business) -> IsOpen:
    """Whether the business works on a day: by its opening hours, else by its people's minutes."""
    hours = business.opening_hours.values_list("weekday", flat=True)
    minutes = WorkingMinutes.objects.filter(minutes__gt=0).values_list("weekday", flat=True)
    weekdays = set(hours) or set(minutes) or set(range(5))
    closures = list(business.closures.values_list("starts_on", "ends_on"))

    def is_open(day: date) -> bool:
        is_closed = any(first <= day <= last for first, last in closures)
        return day.weekday() in weekdays and not is_closed

    return is_open


def last_open_day(day: date, is_open: IsOpen) -> date:
    """The day itself where the business works on it, else the last one before; a year back at most.

    Who comes due while it is closed is due when it opens again.
    """
    before = (day - timedelta(days=back) for back in range(366))
    return next((one for one in before if is_open(one)), day)


def next_open_day(day: date, is_open: IsOpen) -> date:
    """The day itself where the business works on it, else the next one; a year ahead at most."""
    after = (day + timedelta(days=ahead) for ahead in range(366))
    return next((one for one in after if is_open(one)), day)


def _arrival_days(ahead: DayAhead, live_at: datetime, newer_than: int) -> list[date]:
    """The days after the first on which customers came who have no day for a first touch yet."""
    came = (
        Customer.objects.on_the_list()
        .filter(pk__gt=newer_than, created_at__gte=live_at, first_touch=None)
        .exclude(clock__last_touch_at__gte=ahead.midnight(ahead.live_since))
    )
    days = came.annotate(day=TruncDate("created_at", tzinfo=ahead.zone)).values_list("day")
    return [day for (day,) in days.distinct().order_by("day")]


def _spread(
    ahead: DayAhead, is_open: IsOpen, *, start: date, since: datetime, before: datetime
) -> int:
    four_weeks = [start + timedelta(days=ahead_by) for ahead_by in range(SPREAD_DAYS)]
    days = [day for day in four_weeks if is_open(day)] or four_weeks
    moments = {
        "from_at": since,
        "to_at": before,
        "live_at": ahead.midnight(ahead.live_since),
    }
    cut = "substr(%(days)s, CAST(place AS integer) * 10 + 1, 10)"
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(day=cut if is_sqlite else f"CAST({cut} AS date)"),
            {
                **{k: connection.ops.adapt_datetimefield_value(v) for k, v in moments.items()},
                "count": len(days),
                "days": "".join(day.isoformat() for day in days),
            },
        )
        return int(cursor.rowcount)
