"""Why things go wrong: each cause with its cases, whom they touched, and what it cost us."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate

from django.db.models import Count, Sum

from regulars.cases.choices import MakeGoodState
from regulars.cases.models import Case, Cause, MakeGood
from regulars.cases.queries import complaints_for
from regulars.core.actor import Actor
from regulars.core.money import Money
from regulars.learning.chance import Share
from regulars.learning.errors import CauseNotFound
from regulars.learning.queries.keys import key_after, older_than, told_key
from regulars.team.queries import the_named_business

SIZE = 25
# By what the causes can be put in order.
BY_CASES, BY_CUSTOMERS, BY_COST = "cases", "customers", "cost"
WAYS = (BY_CASES, BY_CUSTOMERS, BY_COST)
# The few that stand behind most of it (Juran, Quality Control Handbook, 1951).
MOST_OF_IT = 0.8


@dataclass(frozen=True, slots=True)
class CauseTold:
    """One cause: how often, of all that has a cause; for how many; what was given for it."""

    pk: int | None
    name: str
    cases: Share
    customers: int
    costs: Sequence[Money] = ()
    # Of what is looked at (cases, customers or money): its part, and with all above it.
    part: float = 0.0
    running: float = 0.0

    def cost_in(self, currency: str) -> int:
        return next((one.minor for one in self.costs if one.currency == currency), 0)


@dataclass(frozen=True, slots=True)
class Causes:
    """What went wrong within a stretch of time, by its causes, the weightiest first."""

    rows: Sequence[CauseTold]
    unnamed: CauseTold
    cases: int
    customers: int
    costs: Sequence[Money]
    by: str
    currency: str

    @property
    def few(self) -> int:
        """How many of the first causes stand behind eight tenths of it."""
        below = sum(one.running < MOST_OF_IT - 1e-9 for one in self.rows)
        return min(len(self.rows), below + 1)

    @property
    def behind(self) -> float:
        return self.rows[self.few - 1].running if self.rows else 0.0


def causes_told(
    actor: Actor, since: datetime | None, until: datetime | None = None, *, by: str = BY_CASES
) -> Causes:
    """The causes of what went wrong, in the order of cases, of customers touched, or of cost.

    Cost is what was given to put it right, as it is logged in cases, each currency by itself; the
    order goes by the currency of the business.
    """
    rows, currency = complaints_for(actor, since, until), the_named_business().currency
    found = rows.order_by().values_list("cause_id", "cause__name").annotate(
        cases=Count("pk"), customers=Count("customer", distinct=True)
    )  # fmt: skip
    counted = {pk: (name, cases, customers) for pk, name, cases, customers in found}
    costs = _costs(actor, since, until)
    nothing = ("", 0, 0)
    _name, unnamed, whose = counted.pop(None, nothing)
    whole = sum(cases for _named, cases, _customers in counted.values())
    told = [
        CauseTold(pk, name or "", Share(cases, whole), customers, costs.get(pk, ()))
        for pk, (name, cases, customers) in counted.items()
    ]
    return Causes(
        _in_order(told, by, currency),
        CauseTold(None, "", Share(unnamed, whole + unnamed), whose, costs.get(None, ())),
        whole + unnamed,
        rows.order_by().aggregate(count=Count("customer", distinct=True))["count"],
        _added([one for some in costs.values() for one in some]),
        by, currency,
    )  # fmt: skip


def _costs(
    actor: Actor, since: datetime | None, until: datetime | None
) -> Mapping[int | None, Sequence[Money]]:
    """By cause, what was given for its cases."""
    given = MakeGood.objects.filter(
        state=MakeGoodState.GIVEN, case__in=complaints_for(actor, since, until)
    )
    rows = given.order_by().values_list("case__cause_id", "currency").annotate(
        sum=Sum("cost_minor")
    )  # fmt: skip
    found: dict[int | None, list[Money]] = defaultdict(list)
    for pk, currency, minor in sorted(rows, key=lambda row: row[1]):
        if minor:
            found[pk].append(Money(minor, currency))
    return found


def _added(amounts: Sequence[Money]) -> list[Money]:
    sums: dict[str, int] = defaultdict(int)
    for one in amounts:
        sums[one.currency] += one.minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]


def _in_order(told: Sequence[CauseTold], by: str, currency: str) -> list[CauseTold]:
    def weight(one: CauseTold) -> int:
        if by == BY_COST:
            return one.cost_in(currency)
        return one.customers if by == BY_CUSTOMERS else one.cases.count

    ordered = sorted(told, key=lambda one: (-weight(one), -one.cases.count, one.name, one.pk or 0))
    whole = sum(weight(one) for one in ordered) or 1
    running = accumulate(weight(one) for one in ordered)
    return [
        replace(one, part=weight(one) / whole, running=so_far / whole)
        for one, so_far in zip(ordered, running, strict=True)
    ]


def cause_called(cause_id: int) -> Cause:
    found = Cause.objects.filter(pk=cause_id).first()
    if found is None:
        raise CauseNotFound
    return found


@dataclass(frozen=True, slots=True)
class Behind:
    """One case behind a cause, and what was given for it."""

    case: Case
    costs: Sequence[Money]


def cases_behind(
    actor: Actor, cause: Cause | None, *, since: datetime | None = None, after: str = "",
    size: int = SIZE,
) -> tuple[list[Behind], str]:  # fmt: skip
    """One page of the cases of a cause, or of those without one, and where the next begins."""
    rows = complaints_for(actor, since).filter(cause=cause)
    key = told_key(after)
    rows = rows.filter(older_than(key, "opened_at")) if key else rows
    rows = rows.select_related("customer", "manager").order_by("-opened_at", "-pk")
    found = list(rows[: size + 1])
    page = found[:size]
    given = MakeGood.objects.filter(
        case__in=[one.pk for one in page], state=MakeGoodState.GIVEN, cost_minor__gt=0
    )
    costs: dict[int, list[Money]] = defaultdict(list)
    for one in given:
        costs[one.case_id].append(one.cost)
    last = page[-1] if len(found) > size else None
    behind = [Behind(one, _added(costs[one.pk])) for one in page]
    return behind, key_after(last.opened_at, last.pk) if last else ""
