"""Check-ins, for reading."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from regulars.care.choices import CheckInState
from regulars.care.errors import CheckInNotFound
from regulars.care.models import AskingRules, CheckIn, CheckInQuerySet
from regulars.care.rules import may_ask, may_see_check_ins, may_set_asking
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for, unseen_by

SIZE = 50
LATELY = timedelta(days=30)
FEW = 500


def is_asker(actor: Actor) -> bool:
    return may_ask(actor)


def is_seer_of_check_ins(actor: Actor) -> bool:
    return may_see_check_ins(actor)


def is_ruler_of_asking(actor: Actor) -> bool:
    return may_set_asking(actor)


def the_rules() -> AskingRules:
    """How the business wants to ask; as it comes, where nobody has said."""
    return AskingRules.objects.filter(pk=1).first() or AskingRules(pk=1)


def check_ins_for(actor: Actor) -> CheckInQuerySet:
    """The check-ins of everybody whom this person may see."""
    theirs = customers_for(actor).filter(pk=OuterRef("customer"))
    return CheckIn.objects.filter(Exists(theirs))


def counted_by(actor: Actor, rows: CheckInQuerySet, *names: str) -> Counter[tuple[Any, ...]]:
    """How many of these check-ins there are of each kind, of everybody whom this person may see."""
    unseen = unseen_by(actor)
    if unseen is None:
        return _counted(rows.filter(pk__in=check_ins_for(actor).values("pk")), names)
    seen = _counted(rows, names)
    few = list(unseen.values_list("pk", flat=True)[: FEW + 1])
    if few:
        # Few enough to be named: the database then goes by their index, not through all.
        theirs = Q(customer__in=few) if len(few) <= FEW else Q(customer__in=unseen.values("pk"))
        seen.subtract(_counted(rows.filter(theirs), names))
    return seen


def _counted(rows: CheckInQuerySet, names: tuple[str, ...]) -> Counter[tuple[Any, ...]]:
    told = rows.order_by().values_list(*names).annotate(count=Count("pk"))
    return Counter({tuple(kind): count for *kind, count in told})


def check_in_for(actor: Actor, check_in_id: int) -> CheckIn:
    found = check_ins_for(actor).select_related("customer").filter(pk=check_in_id).first()
    if found is None:
        raise CheckInNotFound
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list ends: the day and the number of its last line."""

    on: date
    number: int

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """As an address carries it; anything else begins at the beginning."""
        day, _dot, number = text.partition(".")
        try:
            return cls(date.fromisoformat(day), int(number))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.on.isoformat()}.{self.number}"


def page_of(
    actor: Actor, state: str, *, way: str = "", is_late: bool = False, after: Place | None = None
) -> tuple[list[CheckIn], Place | None]:
    """One page of a state, and where the next one begins; what is to be asked soonest first."""
    rows = check_ins_for(actor).filter(state=state).select_related("customer")
    if way:
        rows = rows.filter(way=way)
    if is_late:
        rows = rows.filter(is_late=True)
    is_ahead = state == CheckInState.DUE
    if after is not None:
        beyond = "gt" if is_ahead else "lt"
        same = Q(due_on=after.on, **{f"pk__{beyond}": after.number})
        rows = rows.filter(same | Q(**{f"due_on__{beyond}": after.on}))
    order = ("due_on", "pk") if is_ahead else ("-due_on", "-pk")
    found = list(rows.order_by(*order)[: SIZE + 1])
    more = len(found) > SIZE
    return found[:SIZE], Place(found[SIZE - 1].due_on, found[SIZE - 1].pk) if more else None


def counts_lately(actor: Actor, today: date) -> dict[str, int]:
    """How many stand where, of those due within the last month and those still to come."""
    lately = CheckIn.objects.filter(due_on__gte=today - LATELY)
    return {state: count for (state,), count in counted_by(actor, lately, "state").items()}


def check_ins_of(customer: Customer) -> CheckInQuerySet:
    """All of one customer, the newest first."""
    return CheckIn.objects.filter(customer=customer).order_by("-due_on", "-pk")
