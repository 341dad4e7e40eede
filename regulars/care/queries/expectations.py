"""What customers expect, for reading."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef

from regulars.care.choices import Matter
from regulars.care.errors import ExpectationNotFound
from regulars.care.models import Expectation, ExpectationQuerySet
from regulars.care.rules import may_note, may_see
from regulars.core.actor import Actor
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.customers.queries.people import customers_for
from regulars.insight.queries import with_tier


def is_noter(actor: Actor) -> bool:
    return may_note(actor)


def is_seer(actor: Actor) -> bool:
    return may_see(actor)


def expectation_for(actor: Actor, expectation_id: int) -> Expectation:
    """One answer, if its customer is one whom this person may see."""
    theirs = Exists(customers_for(actor).filter(pk=OuterRef("customer")))
    found = Expectation.objects.filter(theirs, pk=expectation_id).select_related("customer")
    noted = found.first()
    if noted is None:
        raise ExpectationNotFound
    return noted


def expectations_of(customer: Customer) -> ExpectationQuerySet:
    """All that one customer said, the newest first."""
    rows = Expectation.objects.filter(customer=customer).select_related("member")
    return rows.order_by("-said_at", "-pk")


@dataclass(frozen=True, slots=True)
class Part:
    """How many said that one thing matters most."""

    matter: Matter
    count: int


@dataclass(frozen=True, slots=True)
class Base:
    """What the whole list expects: who said what, and how many have said nothing."""

    parts: Sequence[Part]
    answered: int
    listed: int

    @property
    def silent(self) -> int:
        return self.listed - self.answered

    @property
    def most(self) -> int:
        return max((part.count for part in self.parts), default=0)


def base_for(actor: Actor, tier: str = "") -> Base:
    """How many of those on the list said what; of one tier, or of all."""
    listed = _listed(actor, tier)
    theirs = Exists(listed.filter(pk=OuterRef("customer")))
    rows = Expectation.objects.current().filter(theirs).order_by().values_list("what")
    counts: dict[str, int] = dict(rows.annotate(count=Count("pk")))
    parts = [Part(one, counts[one.value]) for one in Matter if one.value in counts]
    parts.sort(key=lambda part: -part.count)
    return Base(parts, sum(counts.values()), listed.count())


def newest_words(actor: Actor, tier: str = "", most: int = 8) -> ExpectationQuerySet:
    """What was said in words of their own, the newest first."""
    theirs = Exists(_listed(actor, tier).filter(pk=OuterRef("customer")))
    rows = Expectation.objects.current().filter(theirs).exclude(words="")
    return rows.select_related("customer").order_by("-said_at", "-pk")[:most]


def _listed(actor: Actor, tier: str) -> CustomerQuerySet:
    listed = customers_for(actor).on_the_list()
    if tier:
        listed = with_tier(listed).filter(shown_tier=tier)  # type: ignore[misc]
    return listed
