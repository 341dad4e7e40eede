"""Cases, for reading: always as far as the one who asks may see."""

from collections.abc import Collection

from django.db.models import F, Q

from regulars.cases.choices import LEVELS
from regulars.cases.errors import CaseNotFound
from regulars.cases.models import Case, CaseQuerySet, ServiceLevel
from regulars.cases.rules import may_open, may_see_cases, may_see_to, may_set_levels, visible_to
from regulars.core.actor import Actor
from regulars.customers.models import Customer


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


def is_seer(actor: Actor) -> bool:
    return may_see_cases(actor)


def is_opener(actor: Actor) -> bool:
    return may_open(actor)


def is_level_setter(actor: Actor) -> bool:
    return may_set_levels(actor)


def sees_to(actor: Actor, case: Case) -> bool:
    return may_see_to(actor, case)


def listed(actor: Actor, show: str) -> CaseQuerySet:
    """The page of cases: mine, whoever waits, what is about to break, or all."""
    rows = visible_to(actor).select_related("customer", "manager", "cause")
    if show == "all":
        return rows.order_by("-opened_at", "-pk")
    rows = rows.waiting()
    if show == "mine":
        rows = rows.filter(Q(manager=actor.member_id))
    return rows.order_by("due_at", "pk")
