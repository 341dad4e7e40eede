"""Who is due today, weighed in one pass inside the database; only those who may fit come out."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import chain
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from regulars.core.reasons import ReasonDay
from regulars.planning.day_sql import (
    DAY,
    GIVEN,
    GIVEN_AGAIN,
    KEPT,
    KNOWN,
    KNOWN_TOLD,
    NO_MOMENT,
    OF_THOSE,
    PERSONAL_SINCE,
    RANKED_ONLY,
    REACHED,
    SAID,
    STOOD,
    TOLD,
    UNREACHABLE,
    WORTHY_TOLD,
)
from regulars.planning.given import given_rows, where_balanced
from regulars.planning.knapsack import Option
from regulars.planning.known import REASONS, Reason
from regulars.planning.priors import (
    BURDEN_DAYS,
    FRESH_DAYS,
    MOST_OVERDUE,
    TIER_WEIGHT,
    VISITED_TIERS,
    WAITS_FOR_OWNER,
)
from regulars.planning.ranking import Ranked, depths_of, ranked_of_parts, ranking
from regulars.planning.reading import parts_to_read, rows_of_parts
from regulars.planning.sharing import Homes, back_sql, whose_sql
from regulars.planning.silences import Silenced, silenced
from regulars.planning.terms import Standing, TermsSql, terms_sql


@dataclass(frozen=True, slots=True)
class DayAhead:
    """What a planning needs to know of the day and the business."""

    day: date
    zone: ZoneInfo
    live_since: date
    # Minutes of each member whose list is made; and on whose list each customer is.
    minutes: Mapping[int, int]
    homes: Homes
    standing: Standing
    # The last day up to this one on which the business works: nobody comes due on a closed one.
    open_day: date

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)


class Candidate(NamedTuple):
    """A due customer that may be part of a member's best day."""

    key: int
    worth: float
    member_id: int
    tier: str
    kind: str
    reason: str
    stake_minor: int
    cadence_days: int
    is_without_manager: int
    is_rested: int
    # A day as the database gives it, and what the reason is about, where another room gave it.
    given_on: str | date | None = None
    subject: str | None = None
    # By which means they can be reached, all of them and those that can be part of a best day
    # (`means.weigh_means`).
    channels: int = 0
    # How often over their time has run; nothing where nothing is to be waited for.
    overdue: float | None = None
    opened: tuple[Option, ...] = ()
    options: tuple[Option, ...] = ()


@dataclass(slots=True)
class Due:
    """Those of one member who are due: all that may be chosen, and how many there are in all."""

    candidates: list[Candidate] = field(default_factory=list)
    count: int = 0
    unreachable_count: int = 0
    # How often each verdict of the gate stood in the way.
    refused: Counter[str] = field(default_factory=Counter)
    # What anybody who was not looked at closely is worth at most; nothing where all were.
    cut: float = 0.0

    def add(self, ranked: Ranked) -> None:
        """Count those who are reached alike."""
        self.count += ranked.count
        self.unreachable_count += ranked.count if ranked.means == UNREACHABLE else 0
        self.cut = max(self.cut, ranked.cut)


def due_customers(ahead: DayAhead, only: int | None = None) -> dict[int, Due]:
    """For each member, the due customers that may be part of the best day; or one customer alone.

    The most worthy come out: of those who may be written to and of those who may not, as many
    as there are minutes and as many again as the list of those who wait shows.
    """
    found = {member_id: Due() for member_id in ahead.minutes}
    if not found:
        return found
    silent = silenced()
    given, of_given = given_rows(ReasonDay(ahead.day, ahead.zone), silent)
    terms = terms_sql(ahead.standing, ahead.zone, ahead.open_day)
    values = _parameters(ahead, terms)
    write = partial(_statement, ahead, terms, silent)
    parts = parts_to_read(only)
    asked = [(GIVEN.format(given=given), {**of_given, **part}) for part in parts]
    bound = [
        {**values, **part, "given": json.dumps(rows, default=str)}
        for part, rows in zip(parts, rows_of_parts(asked), strict=True)
    ]
    depths = depths_of(ahead.minutes)
    ranked = ranked_of_parts(write(ranking(depths, parts), ids=None), bound, depths)
    looked_at: list[int] = []
    for group in ranked:
        looked_at += group.customer_ids
        found[group.member_id].add(group)
    told = [
        (write(TOLD.format(unreachable=UNREACHABLE), ids=ids), theirs)
        for part, theirs in zip(parts, bound, strict=True)
        if (ids := [pk for pk in looked_at if part["after"] < pk <= part["until"]])
    ]
    if told:
        for *columns, overdue in chain.from_iterable(rows_of_parts(told)):
            one = Candidate(*columns)._replace(overdue=_rounded(overdue))
            found[one.member_id].candidates.append(one)
    return found


def _rounded(overdue: float | None) -> float | None:
    """To a tenth: many are alike then, and no list depends on the hour."""
    return None if overdue is None else round(min(max(float(overdue), 1.0), 99.0), 1)


def _parameters(ahead: DayAhead, terms: TermsSql) -> dict[str, Any]:
    moments = {"live_at": ahead.midnight(ahead.live_since), "day_at": ahead.midnight(ahead.day)}
    moments |= terms.values
    days = {
        "day": ahead.day,
        "live_since": ahead.live_since,
        "fresh_since": ahead.day - timedelta(days=FRESH_DAYS),
    }
    return {
        **{name: connection.ops.adapt_datetimefield_value(at) for name, at in moments.items()},
        **{name: connection.ops.adapt_datefield_value(on) for name, on in days.items()},
    }


def _statement(
    ahead: DayAhead, terms: TermsSql, silent: Silenced, last: str, ids: Collection[int] | None
) -> str:
    """The one statement: who is to be looked at, or what is to be known of some; then its end.

    Only whole numbers, tier names and registered SQL are written into it.
    """
    is_sqlite = connection.vendor == "sqlite"
    urgencies = _urgencies("min" if is_sqlite else "least", silent, ahead.homes)
    visited = ", ".join(f"'{tier.value}'" for tier in VISITED_TIERS)
    return DAY.format(
        last=last,
        these="" if ids is None else f" AND c.id IN ({_numbers(ids)})",
        those="" if ids is None else f" AND customer_id IN ({_numbers(ids)})",
        given=GIVEN_AGAIN[connection.vendor],
        staff=_numbers(ahead.homes.staff_ids),
        whose=whose_sql(ahead.homes),
        back=back_sql(ahead.homes),
        planned=_numbers(ahead.minutes),
        terms_tables=terms.tables,
        terms_given=terms.given,
        terms_joins=terms.joins,
        terms_resolved=terms.resolved,
        personal_since=PERSONAL_SINCE if terms.has_personal else NO_MOMENT,
        personal_days=_days_since("personal_since", "%(day_at)s", of_moments=True),
        weight=_cases({f"'{t.value}'": weight for t, weight in TIER_WEIGHT.items()}),
        silent_days=_days_since("last_touch_at", "%(day_at)s", of_moments=True),
        waiting_days=_days_since("first_due_on", "%(day)s"),
        slipping_days=_days_since("slipping_on", "%(day)s"),
        greatest="max" if is_sqlite else "greatest",
        least="min" if is_sqlite else "least",
        burden_days=BURDEN_DAYS,
        stood=STOOD,
        reached=REACHED.format(visited=visited, **SAID),
        **KEPT[connection.vendor],
        **SAID,
        unreachable=UNREACHABLE,
        # None at all: everything that planning gives by itself was switched off.
        urgencies=",\n    ".join(urgencies.values()) or "0",
        **(RANKED_ONLY if ids is None else _wide(urgencies)),
    )


def _wide(urgencies: Mapping[str, str]) -> dict[str, str]:
    # The most pressing reason weighs; the most particular one, registered first, has the word.
    named = " ".join(f"WHEN r{nth} > 0 THEN '{name}'" for nth, name in enumerate(urgencies))
    each = "".join(f",\n    {sql} AS r{nth}" for nth, sql in enumerate(urgencies.values()))
    return {
        "known": KNOWN + KNOWN_TOLD,
        "of_those": OF_THOSE + each,
        "told": WORTHY_TOLD.format(reason=named),
    }


def _urgencies(least: str, silent: Silenced, homes: Homes) -> dict[str, str]:
    """By its name, how much each reason of ours presses; 0 where it does not hold."""
    return {
        reason.name: (
            f"CASE WHEN {reason.waits_until} = 1 AND {reason.when}{silent.but_for(reason.name)}"
            f"{where_balanced(reason.purpose)}"
            f"{_cannot_wait(reason) if homes.back_in and reason.may_wait else ''}"
            f" THEN {reason.urgency} * {least}({reason.overdue}, {MOST_OVERDUE}) ELSE 0 END"
        )
        for reason in REASONS
        if reason.name not in silent.everywhere
    }


def _cannot_wait(reason: Reason) -> str:
    """Whether it would be too late when the manager, who is away, is back."""
    when_back = f"{reason.overdue} + owner_back * 1.0 / cadence_days"
    return f" AND (owner_back IS NULL OR {when_back} > {WAITS_FOR_OWNER})"


def _days_since(column: str, day: str, *, of_moments: bool = False) -> str:
    if connection.vendor == "sqlite":
        return f"(julianday({day}) - julianday({column}))"
    if of_moments:
        return f"date_part('epoch', {day} - {column}) / 86400.0"
    return f"({day} - {column})"


def _cases(values: Mapping[Any, Any]) -> str:
    return " ".join(f"WHEN {key} THEN {value}" for key, value in values.items())


def _numbers(ids: Any) -> str:
    return ", ".join(str(int(one)) for one in ids) or "NULL"
