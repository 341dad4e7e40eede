"""Cases, for reading: always as far as the one who asks may see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from regulars.cases.choices import LEVELS, WAITING, CaseKind, MakeGoodKind, MakeGoodState
from regulars.cases.errors import CaseNotFound
from regulars.cases.hours import WorkingClock, working_clock
from regulars.cases.models import Budget, Case, CaseQuerySet, MakeGood, Perk, ServiceLevel
from regulars.cases.rules import (
    may_approve,
    may_decide,
    may_open,
    may_see_cases,
    may_see_to,
    may_set_levels,
    visible_to,
)
from regulars.core.actor import OWNER, Actor
from regulars.core.list_fields import is_hidden
from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.insight.queries import shown_tier_of
from regulars.team.models import Member
from regulars.team.queries import the_named_business


def open_cases(actor: Actor) -> CaseQuerySet:
    """Whoever waits for us, what breaks first first."""
    return visible_to(actor).waiting().order_by("due_at", "pk")


def case_for(actor: Actor, case_id: int) -> Case:
    """One case, or the same answer for one that is not there and one that is not theirs."""
    rows = visible_to(actor).select_related("customer", "manager", "order", "cause", "resolved_by")
    found = rows.filter(pk=case_id).first()
    if found is None:
        raise CaseNotFound
    return found


def has_open_case(customer_ids: Collection[int]) -> set[int]:
    """Which of these customers wait for us."""
    rows = Case.objects.waiting().filter(customer__in=customer_ids)
    return set(rows.order_by().values_list("customer_id", flat=True))


def case_of(source: str) -> Case | None:
    """The case of an occasion: the open one, else the last."""
    found = Case.objects.filter(source=source)
    return found.waiting().first() or found.order_by("-pk").first()


def cases_of(customer: Customer) -> CaseQuerySet:
    """All cases of one customer: whatever they wait for first, then the newest."""
    rows = Case.objects.filter(customer=customer).select_related("manager", "cause")
    return rows.order_by(F("resolved_at").desc(nulls_first=True), "due_at", "pk")


def levels() -> dict[str, tuple[int, int]]:
    """How long each tier waits at most for an answer, and until it is put right, in minutes of
    opening hours."""
    said = {
        row.tier: (row.answer_minutes, row.resolve_minutes) for row in ServiceLevel.objects.all()
    }
    return LEVELS | said


# The clock that runs while we are open, for rooms above.
OpeningClock = WorkingClock


def opening_clock(since: datetime) -> OpeningClock:
    """The clock that runs while we are open, with the days closed from a moment on."""
    return working_clock(the_named_business(), since)


def is_seer(actor: Actor) -> bool:
    return may_see_cases(actor)


def is_opener(actor: Actor) -> bool:
    return may_open(actor)


def is_level_setter(actor: Actor) -> bool:
    return may_set_levels(actor)


def sees_to(actor: Actor, case: Case) -> bool:
    return may_see_to(actor, case)


def is_approver(actor: Actor) -> bool:
    return may_approve(actor)


def decides(actor: Actor, made: MakeGood) -> bool:
    return may_decide(actor, made)


def has_budget(member_id: int | None) -> bool:
    """Whether an owner said that this member may give anything away without asking."""
    return Budget.objects.filter(member=member_id, minor__gt=0).exists()


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait for somebody's answer, how many of them longer than we set ourselves, and
    what waits for an owner's yes."""

    cases: "list[Case]"
    count: int
    broken: int
    breaking: int
    to_approve: int
    # Complaints that colleagues have left without an answer for too long: an owner's to know.
    unanswered: int = 0


MOST_TOLD = 3
# Somebody who looks at Today every hour sees each of them once by name.
NEW = timedelta(hours=1)


def cases_waiting_for(actor: Actor, at: datetime) -> Waiting:
    """Whoever waits for this person, what breaks first first; an owner has nobody's cases too."""
    if not may_see_cases(actor) or actor.member_id is None:
        return Waiting([], 0, 0, 0, 0)
    mine = Q(manager=actor.member_id)
    if actor.role == OWNER:
        mine |= Q(manager=None) | Q(manager__is_active=False)
    rows = Case.objects.waiting().filter(mine)
    counted = rows.aggregate(
        count=Count("pk"), broken=Count("pk", Q(due_at__lt=at)),
        breaking=Count("pk", Q(due_at__gte=at, warn_at__lte=at)),
    )  # fmt: skip
    told = rows.select_related("customer")
    first = list(told.order_by("due_at", "pk")[:MOST_TOLD])
    if counted["count"] > len(first):
        # Whoever said it a moment ago has the longest clock, and nobody has read it yet.
        named = [one.pk for one in first]
        first += told.filter(recorded_at__gt=at - NEW).exclude(pk__in=named).order_by("-pk")[:1]
    asked = to_approve(actor).count() if may_approve(actor) else 0
    late = Case.objects.waiting().filter(answered_at=None, due_at__lt=at).exclude(mine)
    unanswered = late.count() if actor.role == OWNER else 0
    return Waiting(first, **counted, to_approve=asked, unanswered=unanswered)


def listed(actor: Actor, show: str, at: datetime) -> CaseQuerySet:
    """The page of cases: mine, whoever waits, what is about to break, without an answer, or all."""
    rows = visible_to(actor).select_related("customer", "manager", "cause")
    if show == "all":
        return rows.order_by("-opened_at", "-pk")
    rows = rows.waiting()
    if show == "mine":
        rows = rows.filter(manager=actor.member_id)
    elif show == "breaking":
        rows = rows.filter(warn_at__lte=at)
    elif show == "unanswered":
        return rows.filter(answered_at=None).order_by("opened_at", "pk")
    return rows.order_by("due_at", "pk")


def complaints_for(
    actor: Actor, since: datetime | None = None, until: datetime | None = None
) -> CaseQuerySet:
    """What went wrong for customers, as far as this person may see: a question is no complaint."""
    rows = visible_to(actor).exclude(kind=CaseKind.QUESTION)
    rows = rows.filter(opened_at__gte=since) if since else rows
    return rows.filter(opened_at__lt=until) if until else rows


def budget_left(member_id: int | None, month: date, currency: str) -> Money:
    """What a member may still give away in a month without asking."""
    if member_id is None:
        return Money(0, currency)
    budget = Budget.objects.filter(member=member_id, currency=currency).first()
    given = MakeGood.objects.filter(
        member=member_id, month=month, currency=currency, state=MakeGoodState.GIVEN,
        # What an owner said yes to is no matter of the budget.
        decided_at=None,
    )  # fmt: skip
    spent = given.aggregate(sum=Sum("cost_minor"))["sum"] or 0
    return Money(max(0, (budget.minor if budget else 0) - spent), currency)


def budgets() -> dict[int, Budget]:
    """What each member may give away in a month, and who says yes for others."""
    return {one.member_id: one for one in Budget.objects.all()}


def given_this_month(month: date) -> dict[int, int]:
    """What each member has given away in a month."""
    rows = MakeGood.objects.filter(month=month, state=MakeGoodState.GIVEN, member__isnull=False)
    summed = rows.order_by().values_list("member_id").annotate(sum=Sum("cost_minor"))
    return {int(pk): total for pk, total in summed if pk is not None}


def make_goods_of(customer: Customer) -> "QuerySet[MakeGood]":
    """What one customer was given to put things right, the newest first."""
    rows = MakeGood.objects.filter(case__customer=customer, state=MakeGoodState.GIVEN)
    return rows.select_related("case", "member").order_by("-given_at", "-pk")


def to_approve(actor: Actor) -> "QuerySet[MakeGood]":
    """What waits for this person's yes, the longest first."""
    rows = MakeGood.objects.filter(state=MakeGoodState.ASKED)
    if actor.role != OWNER:
        rows = rows.filter(case__in=visible_to(actor)).exclude(member=actor.member_id)
    return rows.select_related("case__customer", "member").order_by("asked_at", "pk")


def make_good_for(actor: Actor, make_good_id: int) -> MakeGood:
    """One of them, if its case is one that this person may see."""
    rows = MakeGood.objects.select_related("case__customer", "case__manager")
    found = rows.filter(case__in=visible_to(actor), pk=make_good_id).first()
    if found is None:
        raise CaseNotFound
    return found


# Field evidence: sorry twice with nothing in the hand is worse than silence (DESIGN section 4).
SORRY_AGAIN = timedelta(days=90)
_GIVEN = [MakeGoodState.GIVEN, MakeGoodState.ASKED]


def has_made_good(case: Case) -> bool:
    """Whether something more than words was given in a case, or is asked for."""
    given = MakeGood.objects.filter(case=case, state__in=_GIVEN)
    return given.exclude(kind=MakeGoodKind.WORDS).exists()


def is_sorry_again(case: Case, at: datetime) -> bool:
    """Whether the same customer had a case put right by words alone within ninety days."""
    given = MakeGood.objects.filter(case=OuterRef("pk"), state=MakeGoodState.GIVEN)
    before = Case.objects.filter(customer=case.customer_id, resolved_at__gte=at - SORRY_AGAIN)
    by_words = before.exclude(pk=case.pk).exclude(kind="question")
    return by_words.exclude(Exists(given.exclude(kind=MakeGoodKind.WORDS))).exists()


@dataclass(frozen=True, slots=True)
class Record:
    """How complaints were answered in a stretch of time."""

    total: int
    answered: int
    in_time: int
    unanswered: int
    right: int
    asked: int


def record_since(actor: Actor, since: datetime, at: datetime) -> Record:
    """Of the cases opened since a moment: how many have an answer, how many in time."""
    rows = visible_to(actor).filter(opened_at__gte=since).order_by()
    return Record(
        **rows.aggregate(
            total=Count("pk"),
            answered=Count("pk", Q(answered_at__isnull=False) | ~Q(state__in=WAITING)),
            in_time=Count("pk", Q(answered_at__lte=F("answer_due_at"))),
            unanswered=Count("pk", Q(state__in=WAITING, answered_at=None)),
            right=Count("pk", Q(is_right=True)),
            asked=Count("pk", Q(told_at__isnull=False)),
        )
    )


def perks() -> dict[str, list[Perk]]:
    """What customers of each tier get from us, as it holds now."""
    found: dict[str, list[Perk]] = {}
    for one in Perk.objects.filter(ended_at=None).order_by("tier", "pk"):
        found.setdefault(one.tier, []).append(one)
    return found


def perks_of(customer: Customer, actor: Actor) -> "list[Perk]":
    """What a customer gets from us by their tier, for whoever may see tiers."""
    if is_hidden(actor, "insight.tier"):
        return []
    return list(Perk.objects.filter(tier=shown_tier_of(customer), ended_at=None))


def members_who_see_to() -> "QuerySet[Member]":
    """To whom a case can be given."""
    return Member.objects.filter(is_active=True).exclude(role="viewer").order_by("name", "pk")
