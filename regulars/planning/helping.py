"""How often each reason helped: of those it put on a list, who came, reached and not reached."""

# Whole days are bound; nothing else changes in the statement.

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from regulars.core.templatetags.look import number
from regulars.planning.kept import ReasonRecord

# What somebody does within so many days may have come of it; lists older than a season are left.
WITHIN, OLDEST = timedelta(days=30), timedelta(days=120)
# Fewer on either side say nothing. Our own prior.
ENOUGH = 20

# Each customer counts once for a reason: by the list on which they were reached, or the first one.
_SQL = """
WITH shown AS (
  SELECT i.reason, i.customer_id,
    max(CASE WHEN t.id IS NOT NULL THEN 1 ELSE 0 END) AS reached,
    min(CASE WHEN t.id IS NOT NULL THEN p.day END) AS reached_on, min(p.day) AS shown_on
  FROM planning_planitem i JOIN planning_plan p ON p.id = i.plan_id
  LEFT JOIN conversations_touch t ON t.id = i.touch_id AND t.taken_back_at IS NULL
    AND t.outcome <> 'no_answer'
  WHERE p.day >= %(oldest)s AND p.day < %(newest)s
  GROUP BY i.reason, i.customer_id
), since AS (
  SELECT reason, customer_id, reached, coalesce(reached_on, shown_on) AS day FROM shown
)
SELECT reason, reached, count(*), sum(CASE WHEN EXISTS (
    SELECT 1 FROM orders_order o WHERE o.customer_id = since.customer_id AND o.kind = 'sale'
      AND o.placed_on > since.day AND o.placed_on <= {until}
  ) OR EXISTS (
    SELECT 1 FROM conversations_touch c WHERE c.customer_id = since.customer_id
      AND c.direction = 'in' AND c.taken_back_at IS NULL
      AND c.happened_at >= {next_day} AND c.happened_at < {after}
  ) THEN 1 ELSE 0 END)
FROM since GROUP BY reason, reached
"""


def count_how_often(today: date) -> list[ReasonRecord]:
    """Of each reason: how many were reached and came within 30 days, beside those not reached."""
    oldest, newest = today - OLDEST, today - WITHIN
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(until=_later(30), next_day=_later(1), after=_later(31)),
            {
                "oldest": connection.ops.adapt_datefield_value(oldest),
                "newest": connection.ops.adapt_datefield_value(newest),
            },
        )
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
    found: dict[str, ReasonRecord] = {}
    for reason, is_reached, count, came in rows:
        one = found.setdefault(reason, _empty(reason))
        if is_reached:
            one.reached_count, one.came_count = count, came
        else:
            one.left_count, one.left_came_count = count, came
    return list(found.values())


@transaction.atomic
def keep_how_often(today: date) -> int:
    """Keep what was counted, in place of the last count."""
    counted = count_how_often(today)
    ReasonRecord.objects.all().delete()
    return len(ReasonRecord.objects.bulk_create(counted))


def _empty(reason: str) -> ReasonRecord:
    return ReasonRecord(
        reason=reason, reached_count=0, came_count=0, left_count=0, left_came_count=0
    )


def _later(days: int) -> str:
    if connection.vendor == "sqlite":
        return f"date(since.day, '+{days} days')"
    return f"(since.day + {days})"


@dataclass(frozen=True, slots=True)
class Helped:
    """In words how often it helped."""

    words: str
    is_enough: bool


def helped_words(one: ReasonRecord | None) -> Helped:
    """Whom we did not reach stands beside whom we did: by itself a share says nothing."""
    if one is None or one.reached_count + one.left_count == 0:
        return Helped(_("Not on a list yet that is 30 days old."), False)
    places = {
        "reached": number(one.reached_count), "came": number(one.came_count),
        "left": number(one.left_count), "left_came": number(one.left_came_count),
    }  # fmt: skip
    if min(one.reached_count, one.left_count) < ENOUGH:
        words = _("Too few to tell: %(reached)s reached, %(left)s not.")
        return Helped(words % places, False)
    words = _(
        "Of %(reached)s reached, %(came)s bought or answered within 30 days; "
        "of %(left)s not reached, %(left_came)s."
    )
    return Helped(words % places, True)
