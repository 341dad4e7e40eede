"""On whose list each customer is: their manager's, whoever covers, or shared by who has time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Sum

from regulars.core.actor import HELPER
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.planning.choices import ItemState
from regulars.planning.models import Plan, PlanItem
from regulars.planning.priors import (
    EVEN_OUT_MOST,
    EVENED_DAYS,
    FULL_BELIEVED,
)
from regulars.team.absences import away_on, covers_on
from regulars.team.choices import Role
from regulars.team.models import Member
from regulars.team.queries import minutes_of

# Parts into which customers without a list of their own are cut. The step lies near the golden
# section of them and shares no divisor with them: numbers in a row fall apart evenly.
PARTS, STEP = 1_000, 619

# Members, each with the part below which a customer is theirs; the last with all the parts.
Shares = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Homes:
    """Who looks after customers, who is away today, and among whom what nobody has is shared."""

    staff_ids: Collection[int] = ()
    # Who is away: with whoever covers, without anybody in particular, and for how many days yet.
    covers: Mapping[int, int] = field(default_factory=dict)
    uncovered: Collection[int] = ()
    back_in: Mapping[int, int] = field(default_factory=dict)
    shares: Shares = ()
    # Departments of ours go to those who serve no others, where these have time.
    department_shares: Shares = ()

    def of(self, manager_id: int | None) -> int | None:
        """Who has a manager's customers today; of those who share, the first."""
        if manager_id in self.staff_ids and manager_id not in self.uncovered:
            return self.covers.get(manager_id or 0, manager_id)
        return self.shares[0][0] if self.shares else None


def homes_on(day: date, members: Sequence[Member]) -> Homes:
    """On whose lists customers are on a day, given all who look after any."""
    away = away_on(day)
    staff = {member.pk for member in members}
    named = {pk: cover.pk for pk, cover in covers_on(away).items() if cover}
    able = [one for one in members if one.role != HELPER]
    minutes = {pk: n for pk, n in minutes_of([one.pk for one in able], day).items() if n}
    inward = _serve_only_departments(minutes)
    outward = {pk: n for pk, n in minutes.items() if pk not in inward}
    load = load_before(day, minutes)
    owners = sorted(one.pk for one in members if one.role == Role.OWNER)
    shares = shares_of(outward or minutes, load) or _alike(owners)
    theirs = shares_of({pk: minutes[pk] for pk in inward}, load)
    return Homes(
        staff_ids=staff,
        covers={pk: to for pk, to in named.items() if pk in staff},
        uncovered=[pk for pk in away if pk in staff and pk not in named] if shares else (),
        back_in={pk: (one.back_on - day).days for pk, one in away.items() if pk in staff},
        shares=shares,
        department_shares=theirs or shares,
    )


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody got on their lists of late, and the minutes they had, both in minutes."""

    got: int
    had: int


def load_before(day: date, member_ids: Collection[int]) -> dict[int, Load]:
    """What each of them got in the four weeks before a day, done or not; three questions."""
    plans = Plan.objects.filter(
        member__in=list(member_ids), day__gte=day - timedelta(days=EVENED_DAYS), day__lt=day
    ).order_by()
    items = PlanItem.objects.filter(plan__in=plans.values("pk"))
    items = items.exclude(state__in=[ItemState.WAITING, ItemState.HANDED_OVER]).order_by()
    rows: Any = items.values_list("plan__member").annotate(got=Sum("minutes"))
    got = dict(rows)
    had: Any = plans.values_list("member").annotate(had=Sum("minutes"))
    return {pk: Load(got.get(pk, 0), minutes) for pk, minutes in had}


def shares_of(minutes: Mapping[int, int], load: Mapping[int, Load]) -> Shares:
    """Parts by minutes, more for those who had less to do lately than the others.

    How full somebody's days were is what they got of what they had; who has no days behind them
    counts as full as all together.
    """
    all_had = sum(load[pk].had for pk in minutes if pk in load)
    all_got = sum(load[pk].got for pk in minutes if pk in load)
    usual = all_got / all_had if all_had else 0.0
    weights = {pk: n * _room(load.get(pk), usual) for pk, n in sorted(minutes.items())}
    return _parts(weights)


def _room(load: Load | None, usual: float) -> float:
    full = load.got / load.had if load and load.had else usual
    factor = (usual + FULL_BELIEVED) / (full + FULL_BELIEVED)
    return min(EVEN_OUT_MOST, max(1 / EVEN_OUT_MOST, factor))


def _alike(ids: Collection[int]) -> Shares:
    return _parts(dict.fromkeys(ids, 1.0))


def _parts(weights: Mapping[int, float]) -> Shares:
    whole, so_far, found = sum(weights.values()), 0.0, []
    for pk, weight in weights.items():
        so_far += weight
        found.append((pk, round(PARTS * so_far / whole)))
    return found


def split(count: int, shares: Shares) -> dict[int, int]:
    """So many customers by shares, the whole of them."""
    found, before = {}, 0
    for pk, bound in shares:
        upto = round(count * bound / PARTS)
        found[pk], before = upto - before, upto
    return found


def whose_sql(homes: Homes) -> str:
    """The member on whose list the customer `c` is, in SQL; whole numbers alone are written in."""
    there = [pk for pk in homes.staff_ids if pk not in set(homes.uncovered)]
    home = f"CASE c.manager_id {_cases(homes.covers)} ELSE c.manager_id END"
    shared = _by_part(homes.shares)
    if homes.department_shares != homes.shares:
        of_departments = _by_part(homes.department_shares)
        shared = f"CASE WHEN c.kind = 'department' THEN {of_departments} ELSE {shared} END"
    ids = ", ".join(str(int(pk)) for pk in there) or "NULL"
    return (
        f"CASE WHEN c.manager_id IN ({ids})"
        f" THEN {home if homes.covers else 'c.manager_id'} ELSE {shared} END"
    )


def back_sql(homes: Homes) -> str:
    """In how many days the manager of `c` is back; nothing for those who are here."""
    cases = _cases(homes.back_in)
    return f"CASE c.manager_id {cases} END" if cases else "CAST(NULL AS integer)"


def _by_part(shares: Shares) -> str:
    if len(shares) < 2:
        return str(shares[0][0]) if shares else "CAST(NULL AS bigint)"
    bounds = " ".join(f"WHEN c.id * {STEP} %% {PARTS} < {bound} THEN {pk}" for pk, bound in shares)
    return f"CASE {bounds} END"


def _cases(values: Mapping[int, int]) -> str:
    return " ".join(f"WHEN {int(key)} THEN {int(value)}" for key, value in values.items())


def _serve_only_departments(member_ids: Collection[int]) -> set[int]:
    theirs = Customer.objects.on_the_list().filter(manager=OuterRef("pk"))
    members = Member.objects.filter(pk__in=list(member_ids))
    # Two questions: the first ends at the first customer of each, the second is about few.
    no_others = list(members.exclude(Exists(theirs.exclude(kind=Kind.DEPARTMENT))))
    inward = Member.objects.filter(Exists(theirs), pk__in=[one.pk for one in no_others])
    return set(inward.values_list("pk", flat=True))
