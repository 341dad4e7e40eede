"""What customers expect, for reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Subquery
from django.utils.translation import gettext as _

from regulars.care.choices import Matter
from regulars.care.errors import ExpectationNotFound
from regulars.care.models import Expectation, ExpectationQuerySet
from regulars.care.products import words_key
from regulars.care.rules import may_note, may_see
from regulars.core.actor import Actor
from regulars.core.templatetags.look import day_words
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


def all_expected_of(customer: Customer, actor: Actor) -> list[Expectation]:
    """What matters to a customer now, for whoever may see it: of all first, then by product."""
    if not may_see(actor):
        return []
    rows = Expectation.objects.filter(customer=customer, is_current=True)
    return list(rows.order_by("key"))


def product_key(product: str) -> str:
    """A product that somebody names, as expectations of it are compared."""
    return words_key(product)


def named_matter(said: Expectation) -> str:
    """The matter, after the product if it is about one alone."""
    matter = str(Matter(said.what).label)
    return f"{said.product}: {matter}" if said.product else matter


def matter_words(said: Expectation) -> str:
    """The same, with their words."""
    return f"{named_matter(said)}: {said.words}" if said.words else named_matter(said)


def expected_words(said: Expectation) -> str:
    """The same, with the day on which they said so."""
    told = matter_words(said)
    return _("%(what)s (%(day)s)") % {"what": told, "day": day_words(said.said_at)}


# After a year it is asked anew: what mattered then may not matter now. Our own prior.
ASKED_EVERY = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Moved:
    """How many said that one thing mattered most, and say now that it is another."""

    before: Matter
    now: Matter
    count: int


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of what customers expected: who said it again, and what is different now."""

    asked_again: int
    moved: Sequence[Moved]
    old: int

    @property
    def changed(self) -> int:
        return sum(one.count for one in self.moved)


MOST_MOVED = 8


def changes_for(actor: Actor, at: datetime, tier: str = "") -> Changed:
    """Of those who said twice what matters most: from what to what; and whose answer is old."""
    theirs = Exists(_listed(actor, tier).filter(pk=OuterRef("customer")))
    current = Expectation.objects.current().filter(theirs).order_by()
    earlier = Expectation.objects.filter(customer=OuterRef("customer"), is_current=False, key="")
    before = earlier.order_by("-said_at", "-pk").values("what")[:1]
    pairs = current.annotate(before=Subquery(before)).exclude(before=None)
    counted: Any = pairs.values_list("before", "what").annotate(count=Count("pk"))
    rows = [(old, new, count) for old, new, count in counted]
    moved = [Moved(Matter(old), Matter(new), count) for old, new, count in rows if old != new]
    moved.sort(key=lambda one: (-one.count, one.before, one.now))
    old = current.filter(said_at__lt=at - ASKED_EVERY).count()
    return Changed(sum(count for _old, _new, count in rows), moved, old)


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


@dataclass(frozen=True, slots=True)
class OfProduct:
    """How many said that one thing matters most about one product."""

    product: str
    matter: Matter
    count: int


MOST_OF_PRODUCTS = 20


def by_product_for(actor: Actor, tier: str = "") -> list[OfProduct]:
    """What matters where it is about one product alone: the most named first."""
    theirs = Exists(_listed(actor, tier).filter(pk=OuterRef("customer")))
    rows = Expectation.objects.current_of_products().filter(theirs).order_by()
    counted: Any = rows.values_list("key", "what").annotate(
        count=Count("pk"), product=Min("product")
    ).order_by("-count", "key", "what")  # fmt: skip
    return [
        OfProduct(product, Matter(what), count)
        for _key, what, count, product in counted[:MOST_OF_PRODUCTS]
    ]


def newest_words(actor: Actor, tier: str = "", most: int = 8) -> ExpectationQuerySet:
    """What was said in words of their own, the newest first."""
    theirs = Exists(_listed(actor, tier).filter(pk=OuterRef("customer")))
    rows = Expectation.objects.filter(theirs, is_current=True).exclude(words="")
    return rows.select_related("customer").order_by("-said_at", "-pk")[:most]


def _listed(actor: Actor, tier: str) -> CustomerQuerySet:
    listed = customers_for(actor).on_the_list()
    if tier:
        listed = with_tier(listed).filter(shown_tier=tier)  # type: ignore[misc]
    return listed
