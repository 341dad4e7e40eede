"""By when each customer should hear from us: one statement, for a few and for everybody.

Everybody on the list has such a day: by the clock, or the day of the first touch, or, until that
is set, the day on which they came. No sooner than they may hear from us again; never a closed one.
"""

# The statement is put together from registered SQL and whole numbers; the rest is bound.
# ruff: noqa: S608

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from regulars.messaging.actions.bounds import bound_contacts
from regulars.planning.models import Cadence
from regulars.planning.spreading import IsOpen, next_open_day, working_days
from regulars.planning.terms import Meant, standing_on, terms_sql, these
from regulars.team.models import Business

# Nobody looks further ahead for the one day on which we are closed.
LOOKED_AHEAD = 400

_SQL = """
WITH {tables}, shut (day, opens_on) AS (VALUES {shut}), listed AS (
  SELECT c.id, coalesce(o.tier, f.tier, 'new') AS tier, {touched} AS touched_on,
    coalesce({personal}, {came}) AS personal_on, {came} AS came_on, ft.due_on AS first_due_on,
    p.until, {given}
  FROM customers_customer c
  LEFT JOIN insight_customerfacts f ON f.customer_id = c.id
  LEFT JOIN insight_tieroverride o ON o.customer_id = c.id
  LEFT JOIN conversations_clock t ON t.customer_id = c.id
  LEFT JOIN planning_firsttouch ft ON ft.customer_id = c.id
  LEFT JOIN planning_pause p ON p.customer_id = c.id
  {joins}
  WHERE c.id {within} AND c.archived_at IS NULL
), timed AS (
  SELECT listed.*, {resolved} FROM listed
), dated AS (
  SELECT id, until, CASE WHEN touched_on IS NULL THEN coalesce(first_due_on, came_on)
    ELSE {by_clock} END AS on_day,
    CASE WHEN most_days IS NULL THEN NULL ELSE {rarest} END AS not_before
  FROM timed
), bounded AS (
  SELECT id, {greatest}(on_day, coalesce(not_before, on_day), coalesce(until, on_day)) AS on_day
  FROM dated
)
SELECT id AS customer_id, {as_day} AS due_on
FROM bounded LEFT JOIN shut ON shut.day = bounded.on_day
"""


def due_days(ids: Collection[int], business: Business, today: date) -> dict[int, date]:
    """By when each of these should hear from us; those on the list alone."""
    if not ids:
        return {}
    sql, values = _statement(business, today, these(ids))
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: Sequence[tuple[int, Any]] = cursor.fetchall()
    return {pk: date.fromisoformat(str(day)) for pk, day in rows}


def keep_due_days(meant: Meant, business: Business, today: date) -> int:
    """Write down the days that are new or have become others; returns how many."""
    sql, values = _statement(business, today, meant)
    writing = (
        f"INSERT INTO planning_nextcontact (customer_id, due_on) SELECT * FROM ({sql}) fresh"
        " WHERE true ON CONFLICT (customer_id) DO UPDATE SET due_on = excluded.due_on"
        " WHERE planning_nextcontact.due_on <> excluded.due_on"
    )
    with connection.cursor() as cursor:
        cursor.execute(writing, values)
        return max(0, int(cursor.rowcount))


_BOUNDS = """
WITH {tables}, listed AS (
  SELECT c.id, coalesce(o.tier, f.tier, 'new') AS tier, {given}
  FROM customers_customer c
  LEFT JOIN insight_customerfacts f ON f.customer_id = c.id
  LEFT JOIN insight_tieroverride o ON o.customer_id = c.id
  {joins}
  WHERE c.id {within} AND c.archived_at IS NULL
)
SELECT id AS customer_id, {our_most} AS rarest_days FROM listed WHERE {our_most} IS NOT NULL
"""
_OF_NOBODY = "SELECT 0 AS customer_id, 0 AS rarest_days WHERE 1 = 0"


def keep_bounds(meant: Meant, business: Business, today: date) -> int:
    """Tell the gate who of these hears from us no more often than we said; returns how many new."""
    if not Cadence.objects.filter(meant.rows | Q(customer=None), at_most_every_days__gt=0).exists():
        return bound_contacts(_OF_NOBODY, {}, meant=meant.sql)
    terms = terms_sql(standing_on(today), ZoneInfo(business.time_zone), today, meant)
    sql = _BOUNDS.format(
        tables=terms.tables, given=terms.given, joins=terms.joins, our_most=terms.our_most,
        within=meant.sql,
    )  # fmt: skip
    adapt = connection.ops.adapt_datetimefield_value
    return bound_contacts(
        sql, {name: adapt(at) for name, at in terms.values.items()}, meant=meant.sql
    )


def _statement(business: Business, today: date, meant: Meant) -> tuple[str, dict[str, Any]]:
    zone, is_sqlite = ZoneInfo(business.time_zone), connection.vendor == "sqlite"
    live_at = datetime.combine(business.live_since, time(), zone)
    terms = terms_sql(standing_on(today), zone, today, meant)
    shut = dict(_shut(working_days(business), today)) or {date.min: date.min}
    cast = "'{}'" if is_sqlite else "DATE '{}'"
    local = LocalDay(zone, business.live_since, today)
    since = "CASE WHEN {0} >= %(live_at)s THEN {1} END"
    by_any, by_person = _later("touched_on", "cadence_days"), _later("personal_on", "personal_days")
    sooner, greatest = ("min", "max") if is_sqlite else ("least", "greatest")
    sql = _SQL.format(
        tables=terms.tables, given=terms.given, joins=terms.joins, resolved=terms.resolved,
        shut=", ".join(f"({cast.format(a)}, {cast.format(b)})" for a, b in shut.items()),
        touched=since.format("t.last_touch_at", local.of("t.last_touch_at")),
        personal=since.format("t.last_personal_at", local.of("t.last_personal_at")),
        came=f"{greatest}({local.of('c.created_at')}, {cast.format(business.live_since)})",
        within=meant.sql, greatest=greatest, rarest=_later("touched_on", "most_days"),
        by_clock=f"CASE WHEN personal_days IS NULL THEN {by_any} ELSE {sooner}({by_any},"
        f" {by_person}) END",
        as_day="coalesce(shut.opens_on, bounded.on_day)",
    )  # fmt: skip
    moments = {**terms.values, "live_at": live_at}
    adapt = connection.ops.adapt_datetimefield_value
    return sql, {name: adapt(at) for name, at in moments.items()}


def _later(day: str, days: str) -> str:
    if connection.vendor == "sqlite":
        return f"date({day}, '+' || {days} || ' days')"
    return f"({day} + CAST({days} AS integer))"


def _shut(is_open: IsOpen, today: date) -> Iterator[tuple[date, date]]:
    for ahead in range(LOOKED_AHEAD):
        day = today + timedelta(days=ahead)
        if not is_open(day):
            yield day, next_open_day(day, is_open)


class LocalDay:
    """The day of a moment where the business is, in SQL; exact between two days."""

    def __init__(self, zone: ZoneInfo, since: date, until: date) -> None:
        self.zone = zone
        self.offsets = list(_offsets(zone, since, until + timedelta(days=2)))

    def of(self, column: str) -> str:
        if connection.vendor != "sqlite":
            return f"CAST({column} AT TIME ZONE '{self.zone.key}' AS date)"
        # SQLite knows no zones: the minutes by which the clock there goes before ours.
        *changes, (_never, last) = self.offsets
        cases = " ".join(
            f"WHEN {column} < '{at:%Y-%m-%d %H:%M:%S}' THEN '{n:+d} minutes'" for at, n in changes
        )
        shift = f"CASE {cases} ELSE '{last:+d} minutes' END" if changes else f"'{last:+d} minutes'"
        return f"date({column}, {shift})"


def _offsets(zone: ZoneInfo, since: date, until: date) -> Iterator[tuple[datetime, int]]:
    """Until when (UTC) the clock is how many minutes ahead; to the hour of each change."""
    at = datetime.combine(since - timedelta(days=1), time(), UTC)
    end = datetime.combine(until, time(), UTC)
    while at < end:
        minutes, day = _ahead(zone, at), at + timedelta(days=1)
        if _ahead(zone, day) != minutes:
            quarters = (at + timedelta(minutes=15 * n) for n in range(97))
            yield next(one for one in quarters if _ahead(zone, one) != minutes), minutes
        at = day
    yield end, _ahead(zone, end)


def _ahead(zone: ZoneInfo, at: datetime) -> int:
    return int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds() // 60)
