"""Giving customers what their tier gets from us, and seeing who has not got theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from regulars.cases.errors import PerkOfAnother
from regulars.cases.models import Perk, PerkGiven
from regulars.cases.rules import may_open
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.customers.queries.people import customers_for
from regulars.insight.choices import Tier
from regulars.insight.queries import of_tier, shown_tier_of

# What is given once a year is given. Our own prior.
WITHIN = timedelta(days=365)


@transaction.atomic
def give_perk(customer: Customer, perk: Perk, *, by: Actor, at: datetime) -> PerkGiven:
    """Write down that a customer got it; within one minute it is pressed twice, and given once."""
    if not may_open(by):
        raise NotAllowed(_("You may look, and give nothing. An owner can change that."))
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    if perk.ended_at is not None or perk.tier != shown_tier_of(customer):
        raise PerkOfAnother(
            _("Customers of this tier do not get that from us."), _("Look at what they get, below.")
        )
    known = PerkGiven.objects.filter(
        perk=perk, customer=customer, given_at__gt=at - timedelta(minutes=1)
    ).first()
    if known is not None:
        return known
    given = PerkGiven.objects.create(
        perk=perk, customer=customer, given_at=at, member_id=by.member_id
    )
    audit.record("gave perk", given, by=by, at=at, customer=customer.pk)
    return given


@transaction.atomic
def take_back_perk(given: PerkGiven, *, by: Actor, at: datetime) -> None:
    """Say that they did not get it."""
    if not may_open(by):
        raise NotAllowed(_("You may look, and give nothing. An owner can change that."))
    audit.record("took back perk", given, by=by, at=at, customer=given.customer_id)
    given.delete()


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing that customers of a tier get: how many got it within a year, of how many."""

    perk: Perk
    tier: str
    got: int
    all: int

    @property
    def missing(self) -> int:
        return self.all - self.got


def promise_to_old(actor: Actor, at: datetime) -> list[Kept]:
    """Our promise to old customers, perk by perk, as far as this person may see them."""
    standing = list(Perk.objects.filter(ended_at=None))
    sizes: dict[str, int] = {}
    found = []
    for perk in sorted(standing, key=lambda one: (list(Tier.values).index(one.tier), one.pk)):
        if perk.tier not in sizes:
            sizes[perk.tier] = _of(actor, perk.tier).count()
        got = _of(actor, perk.tier).filter(_had(perk, at)).count() if sizes[perk.tier] else 0
        found.append(Kept(perk, str(Tier(perk.tier).label), got, sizes[perk.tier]))
    return found


def who_has_not(actor: Actor, perk: Perk, at: datetime) -> CustomerQuerySet:
    """Customers of the tier who have not got it within a year, by name."""
    rows = _of(actor, perk.tier).exclude(_had(perk, at))
    return rows.select_related("manager").order_by("sort_name", "pk")


def who_got(actor: Actor, perk: Perk, at: datetime) -> "QuerySet[PerkGiven]":
    """Each time that somebody got it within a year, as far as this person may see them, the last
    first."""
    rows = PerkGiven.objects.filter(
        Exists(customers_for(actor).filter(pk=OuterRef("customer"))), perk=perk,
        given_at__gt=at - WITHIN,
    )  # fmt: skip
    return rows.select_related("customer", "member")


def given_to(customer: Customer, perks: Sequence[Perk], at: datetime) -> dict[int, PerkGiven]:
    """What a customer got last of these within a year."""
    rows = PerkGiven.objects.filter(
        customer=customer, perk__in=perks, given_at__gt=at - WITHIN
    ).select_related("member")
    return {one.perk_id: one for one in reversed(list(rows))}


def times_given(at: datetime) -> int:
    """How often anything of it was given within a year."""
    rows = PerkGiven.objects.filter(given_at__gt=at - WITHIN)
    return int(rows.aggregate(count=Count("pk"))["count"])


def _of(actor: Actor, tier: str) -> CustomerQuerySet:
    return of_tier(customers_for(actor).on_the_list(), Tier(tier))


def _had(perk: Perk, at: datetime) -> Exists:
    return Exists(
        PerkGiven.objects.filter(perk=perk, customer=OuterRef("pk"), given_at__gt=at - WITHIN)
    )
