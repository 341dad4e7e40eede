"""How often each customer should hear from us: own before segment before tier, for all at once."""

# Only whole numbers and tier names are written into the SQL; days and moments are bound.
# ruff: noqa: S608

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from regulars.consent.models import Wish
from regulars.insight.choices import Tier
from regulars.planning.choices import Worth
from regulars.planning.models import EVERY_MONTH, Cadence, RaisedCadence
from regulars.planning.priors import CADENCE_DAYS


@dataclass(frozen=True, slots=True)
class Terms:
    """In days: a touch of any kind at least, a personal one at least, and none more often than."""

    any: int | None = None
    personal: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The cadences that hold on a day, but for those of single customers."""

    day: date
    tiers: Mapping[str, Terms]
    segments: Mapping[int, Terms] = field(default_factory=dict)
    # More often while something lasts, whatever was set.
    raised: Mapping[str, int] = field(default_factory=dict)

    @property
    def cadence_days(self) -> dict[str, int]:
        """By tier: at least every so many days, raised ones included."""
        return {
            tier: min(terms.any or 0, self.raised.get(tier, terms.any or 0))
            for tier, terms in self.tiers.items()
        }


def standing_on(day: date) -> Standing:
    """What holds on a day; a tier of which nobody said anything has the days that we believe."""
    held: dict[str | int, list[Cadence]] = {}
    of_many = Cadence.objects.in_month(day.month).filter(customer=None)
    for one in of_many.filter(Q(segment=None) | Q(segment__archived_at=None)):
        held.setdefault(one.segment_id or one.tier, []).append(one)
    tiers = {tier.value: terms_of(held.get(tier.value, ()), days) for tier, days in _BELIEVED}
    segments = {key: terms_of(rules) for key, rules in held.items() if isinstance(key, int)}
    raised: dict[str, int] = {}
    for up in RaisedCadence.objects.filter(ended_at=None):
        raised[up.tier] = min(up.at_least_every_days, raised.get(up.tier, up.at_least_every_days))
    return Standing(day, tiers, segments, raised)


_BELIEVED = tuple(CADENCE_DAYS.items())


def terms_of(rules: Collection[Cadence], otherwise: int | None = None) -> Terms:
    """What the rules of one tier, segment or customer come to: those of the season go before."""
    return Terms(
        any=_strictest(rules, Worth.ANY, "at_least_every_days", min) or otherwise,
        personal=_strictest(rules, Worth.PERSONAL, "at_least_every_days", min),
        most=_strictest(rules, None, "at_most_every_days", max),
    )


def _strictest(
    rules: Iterable[Cadence], worth: Worth | None, said: str, strictest: Any
) -> int | None:
    told = [(one.is_seasonal, getattr(one, said)) for one in rules if worth in (None, one.worth)]
    days = [(seasonal, days) for seasonal, days in told if days]
    of_season = [days for seasonal, days in days if seasonal]
    counted = of_season or [days for _seasonal, days in days]
    return int(strictest(counted)) if counted else None


@dataclass(frozen=True, slots=True)
class TermsSql:
    """The terms in SQL: tables before the statement, columns from them, and what they come to.

    `given` are columns of the customer `c`; `resolved` follow from these and the column `tier`:
    `cadence_days`, `personal_days`, `most_days`, and of each the moment before which the last
    touch has to lie so that it has run out: `cadence_at`, `personal_at`, `most_at`.
    """

    tables: str
    joins: str
    given: str
    resolved: str
    values: Mapping[str, datetime]
    has_personal: bool
    # How often at most by what we set ourselves, whatever they wish.
    our_most: str


@dataclass(frozen=True, slots=True)
class Meant:
    """Whose terms are asked for, as a condition on the id of a customer."""

    sql: str = "IS NOT NULL"
    rows: Q = field(default_factory=Q)


def these(ids: Collection[int]) -> Meant:
    """Just those."""
    shown = ", ".join(str(int(pk)) for pk in ids)
    return Meant(f"IN ({shown})", Q(customer__in=ids))


def stretch(low: int, high: int) -> Meant:
    """Those with a number from one to another."""
    return Meant(f"BETWEEN {int(low)} AND {int(high)}", Q(customer__gte=low, customer__lte=high))


EVERYBODY = Meant()


def terms_sql(
    standing: Standing, zone: ZoneInfo, due_day: date, meant: Meant = EVERYBODY
) -> TermsSql:
    """The terms of every customer; `due_day` is the last open day: nobody comes due on a closed."""
    own = _own_days(standing.day, meant)
    wishes = Wish.objects.filter(meant.rows).exclude(every_days=None).order_by()
    wished = set(wishes.values_list("every_days", flat=True).distinct())
    personal = [terms.personal for terms in (*standing.tiers.values(), *standing.segments.values())]
    days = _days_of(standing) | own | {one for one in wished if one}
    values = {f"due_{n}": _midnight(due_day - timedelta(days=n - 1), zone) for n in days}
    values |= {f"most_{n}": _midnight(standing.day - timedelta(days=n - 1), zone) for n in days}
    return TermsSql(
        tables=f"{_midnights(days)},"
        f" {_OWN.format(month=1 << standing.day.month - 1, within=meant.sql)},"
        f" {_grouped(standing.segments, meant.sql)}, {_WISHED.format(within=meant.sql)}",
        joins=_JOINS,
        given=_GIVEN,
        resolved=_resolved(standing),
        values=values,
        has_personal=any(personal) or Cadence.objects.filter(meant.rows, _OWN_PERSONAL).exists(),
        our_most=_our_most(standing),
    )


_OWN_PERSONAL = Q(customer__isnull=False, worth=Worth.PERSONAL, at_least_every_days__gt=0)


def _own_days(day: date, meant: Meant) -> set[int]:
    held = Cadence.objects.in_month(day.month).filter(meant.rows)
    own = held.filter(customer__isnull=False).order_by()
    pairs = own.values_list("at_least_every_days", "at_most_every_days").distinct()
    return {one for pair in pairs for one in pair if one}


def _days_of(standing: Standing) -> set[int]:
    every = [*standing.tiers.values(), *standing.segments.values()]
    days = {one for terms in every for one in (terms.any, terms.personal, terms.most) if one}
    return days | set(standing.raised.values())


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _midnights(days: Collection[int]) -> str:
    rows = ", ".join(f"({n}, %(due_{n})s, %(most_{n})s)" for n in sorted(days))
    return f"midnights (days, due_at, most_at) AS (VALUES {rows})"


def _of_season(column: str, strictest: str, worth: str = "") -> str:
    """The strictest of one customer's: of those of the season, else of those of all the year."""
    fits = f" AND k.worth = '{worth}'" if worth else ""
    seasonal = f"CASE WHEN k.months <> {EVERY_MONTH}{fits} THEN k.{column} END"
    always = f"CASE WHEN k.months = {EVERY_MONTH}{fits} THEN k.{column} END"
    return f"coalesce({strictest}({seasonal}), {strictest}({always}))"


_OWN = f"""own AS (
  SELECT o.customer_id, o.own_any, o.own_personal, o.own_most,
    a.due_at AS own_any_at, p.due_at AS own_personal_at, m.most_at AS own_most_at
  FROM (
    SELECT k.customer_id, {_of_season("at_least_every_days", "min", "any")} AS own_any,
      {_of_season("at_least_every_days", "min", "personal")} AS own_personal,
      {_of_season("at_most_every_days", "max")} AS own_most
    FROM planning_cadence k
    WHERE k.customer_id {{within}} AND k.months & {{month}} <> 0 GROUP BY k.customer_id
  ) o
  LEFT JOIN midnights a ON a.days = o.own_any
  LEFT JOIN midnights p ON p.days = o.own_personal
  LEFT JOIN midnights m ON m.days = o.own_most
)"""
# How often they themselves want to hear from us is no less a bound than what we set.
_WISHED = """wished AS (
  SELECT w.customer_id, w.every_days AS wished_days, m.most_at AS wished_at
  FROM consent_wish w JOIN midnights m ON m.days = w.every_days
  WHERE w.customer_id {within}
)"""
_JOINS = """LEFT JOIN own ON own.customer_id = c.id
  LEFT JOIN grouped ON grouped.customer_id = c.id
  LEFT JOIN wished ON wished.customer_id = c.id"""
_GIVEN = """coalesce(own_any, grouped_any) AS given_any,
    coalesce(own_any_at, grouped_any_at) AS given_any_at,
    coalesce(own_personal, grouped_personal) AS given_personal,
    coalesce(own_personal_at, grouped_personal_at) AS given_personal_at,
    coalesce(own_most, grouped_most) AS given_most_days,
    coalesce(own_most_at, grouped_most_at) AS given_most_at,
    wished_days, wished_at,
    CASE WHEN own_any IS NOT NULL THEN 'own' WHEN grouped_any IS NOT NULL THEN 'segment'
      ELSE 'tier' END AS any_of,
    CASE WHEN own_personal IS NOT NULL THEN 'own' WHEN grouped_personal IS NOT NULL THEN 'segment'
      ELSE 'tier' END AS personal_of"""


def _grouped(segments: Mapping[int, Terms], within: str) -> str:
    """Of several segments the strictest: the soonest of those at least, the longest at most."""
    kinds = (("any", "min", "max", "due"), ("personal", "min", "max", "due"),
             ("most", "max", "min", "most"))  # fmt: skip
    columns = []
    for kind, days, moment, bound in kinds:
        said = {pk: getattr(terms, kind) for pk, terms in segments.items() if getattr(terms, kind)}
        at = {pk: f"%({bound}_{n})s" for pk, n in said.items()}
        columns += [
            f"{days}({_cases('s.segment_id', said, 'bigint')}) AS grouped_{kind}",
            f"{moment}({_cases('s.segment_id', at, 'timestamptz')}) AS grouped_{kind}_at",
        ]
    ids = ", ".join(map(str, segments)) or "NULL"
    return (
        f"grouped AS (SELECT s.customer_id, {', '.join(columns)} FROM lists_segmentmember s"
        f" WHERE s.left_at IS NULL AND s.segment_id IN ({ids})"
        f" AND s.customer_id {within} GROUP BY s.customer_id)"
    )


def _resolved(standing: Standing) -> str:
    tiers, raised = standing.tiers, standing.raised
    least, most = ("min", "max") if connection.vendor == "sqlite" else ("least", "greatest")
    every = {f"'{t}'": terms.any for t, terms in tiers.items()}
    personal = {f"'{t}'": terms.personal for t, terms in tiers.items() if terms.personal}
    rarest = {f"'{t}'": terms.most for t, terms in tiers.items() if terms.most}
    cadence = f"coalesce(given_any, {_cases('tier', every)})"
    cadence_at = f"coalesce(given_any_at, {_cases('tier', _at('due', every))})"
    if raised:
        often = {f"'{t}'": raised.get(t, 3650) for t in tiers}
        soon = {f"'{t}'": f"%(due_{n})s" for t, n in raised.items()}
        cadence = f"{least}({cadence}, {_cases('tier', often)})"
        cadence_at = f"{most}({cadence_at}, coalesce({_cases('tier', soon)}, {cadence_at}))"
    rarest_at = _cases("tier", _at("most", rarest), "timestamptz")
    days = _our_most(standing)
    rare_at = f"coalesce(given_most_at, {rarest_at})"
    return f"""{cadence} AS cadence_days, {cadence_at} AS cadence_at,
    coalesce(given_personal, {_cases("tier", personal, "bigint")}) AS personal_days,
    coalesce(given_personal_at, {_cases("tier", _at("due", personal), "timestamptz")})
      AS personal_at,
    CASE WHEN {rare_at} < wished_at THEN {days} ELSE coalesce(wished_days, {days}) END AS most_days,
    CASE WHEN {rare_at} < wished_at THEN {rare_at} ELSE coalesce(wished_at, {rare_at}) END
      AS most_at"""


def _our_most(standing: Standing) -> str:
    rarest = {f"'{t}'": terms.most for t, terms in standing.tiers.items() if terms.most}
    return f"coalesce(given_most_days, {_cases('tier', rarest, 'bigint')})"


def _at(kind: str, days: Mapping[Any, int | None]) -> dict[Any, str]:
    return {key: f"%({kind}_{n})s" for key, n in days.items()}


def _cases(column: str, values: Mapping[Any, Any], kind: str = "") -> str:
    """A choice by a column; nothing, of the right kind, where there is none to choose from."""
    if not values:
        return f"CAST(NULL AS {kind})" if connection.vendor != "sqlite" else "NULL"
    cases = " ".join(f"WHEN {key} THEN {value}" for key, value in values.items())
    return f"CASE {column} {cases} END"


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """How often one customer should hear from us, and who says so: own, segment or tier."""

    cadence_days: int
    any_of: str
    personal_days: int | None
    personal_of: str
    most_days: int | None


def terms_by_customer(
    tiers: Mapping[int, str], standing: Standing, zone: ZoneInfo
) -> dict[int, OwnTerms]:
    """The same for a few, whose tiers are known, by customer."""
    if not tiers:
        return {}
    sql = terms_sql(standing, zone, standing.day, these(tiers))
    shown = ", ".join(f"({int(pk)}, '{Tier(tier).value}')" for pk, tier in tiers.items())
    statement = f"""WITH {sql.tables}, c (id, tier) AS (VALUES {shown}),
      listed AS (SELECT c.id, c.tier, {sql.given} FROM c {sql.joins}),
      timed AS (SELECT listed.*, {sql.resolved} FROM listed)
      SELECT id, cadence_days, any_of, personal_days, personal_of, most_days FROM timed"""
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.execute(statement, {name: adapt(at) for name, at in sql.values.items()})
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
    return {row[0]: OwnTerms(*row[1:]) for row in rows}
