"""How customers stand to each other, seen from either side."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from regulars.core.actor import Actor
from regulars.customers.choices import MUTUAL, RELATION_BACK, RelationKind
from regulars.customers.errors import HouseholdNotFound, RelationNotFound
from regulars.customers.models import Customer, Household, Relation
from regulars.customers.queries.people import customers_for


@dataclass(frozen=True, slots=True)
class Relative:
    """One relation as it looks from one customer: `is_back` when the other one stands to them."""

    relation: Relation
    other: Customer
    is_back: bool

    @property
    def kind(self) -> RelationKind:
        return RelationKind(self.relation.kind)

    def is_over_on(self, day: date) -> bool:
        return self.relation.until_on is not None and self.relation.until_on <= day

    @property
    def words(self) -> str:
        return str(RELATION_BACK[self.kind] if self.is_back else self.kind.label)


def relations_of(
    actor: Actor, customer_ids: Sequence[int], *, on: date | None = None
) -> dict[int, list[Relative]]:
    """What each of these stands in, both ways: all of it, or what holds on a day.

    Somebody whom the one who asks may not see is left out, as everywhere.
    """
    ids = list(customer_ids)
    rows = Relation.objects.filter(Q(of__in=ids) | Q(to__in=ids)).order_by("kind", "id")
    if on is not None:
        rows = rows.holding_on(on)
    found = list(rows)
    seen = _seen(actor, {pk for row in found for pk in (row.of_id, row.to_id)})
    wanted = set(ids)
    relatives: dict[int, list[Relative]] = defaultdict(list)
    for row in found:
        for mine, theirs in ((row.of_id, row.to_id), (row.to_id, row.of_id)):
            if mine in wanted and theirs in seen:
                is_back = mine == row.to_id and row.kind not in MUTUAL
                relatives[mine].append(Relative(row, seen[theirs], is_back))
    return dict(relatives)


def _seen(actor: Actor, ids: Iterable[int]) -> dict[int, Customer]:
    named = customers_for(actor).filter(pk__in=list(ids)).only("name", "kind", "archived_at")
    return {customer.pk: customer for customer in named}


def served_count(department: Customer, day: date) -> int:
    """How many customers a department of ours serves: what it waits for shows on so many."""
    serving = Relation.objects.filter(kind=RelationKind.SERVES, of=department).holding_on(day)
    return serving.filter(to__archived_at=None).count()


def relation_of(customer: Customer, relation_id: int) -> Relation:
    """One relation of this customer, from whichever side."""
    relation = Relation.objects.touching(customer.pk).filter(pk=relation_id).first()
    if relation is None:
        raise RelationNotFound
    return relation


def household_for(household_id: int) -> Household:
    """One household."""
    household = Household.objects.filter(pk=household_id).first()
    if household is None:
        raise HouseholdNotFound
    return household


def members_of(actor: Actor, household: Household) -> list[Customer]:
    """Who lives there, as far as the one who asks may see them."""
    return list(customers_for(actor).filter(household=household).order_by("sort_name", "id"))
