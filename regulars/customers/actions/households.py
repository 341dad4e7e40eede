"""Households: made, joined, left, moved. Who lives together shares the address and letters."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.customers.actions.points import ADDRESS_PARTS, shared_address
from regulars.customers.actions.remembering import changed
from regulars.customers.choices import Kind, PointKind
from regulars.customers.errors import HouseholdRefused
from regulars.customers.models import ContactPoint, Customer, Household

LONGEST_NAME = 200
MOST_MEMBERS = 50


@transaction.atomic
def make_household(
    name: str, members: Sequence[Customer], *, by: Actor, at: datetime, source: str = "desk"
) -> Household:
    """Put people who live together into a household; it takes the address of the first of them."""
    household = Household.objects.create(name=_named(name), source=source)
    audit.record("added", household, by=by, at=at)
    for member in members:
        join_household(member, household, by=by, at=at)
    return household


@transaction.atomic
def join_household(customer: Customer, household: Household, *, by: Actor, at: datetime) -> None:
    """Let a person live in a household: its address and its letters are theirs from now on."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    if customer.kind != Kind.PERSON:
        raise HouseholdRefused(
            _("Only people live in a household."),
            _("Note how an organisation stands to them as a relation."),
        )
    if household.members.count() >= MOST_MEMBERS:
        raise HouseholdRefused(
            _("A household has at most %(most)s members.") % {"most": MOST_MEMBERS}
        )
    left = customer.household
    customer.household = household
    customer.save(update_fields=["household"])
    if left is not None and left.pk != household.pk:
        _close_when_empty(left, by=by, at=at)
    _share_address(customer, household, by=by, at=at)
    changed(customer, "joined household", by=by, at=at, household=household.pk)


@transaction.atomic
def leave_household(customer: Customer, *, by: Actor, at: datetime) -> None:
    """Note that somebody no longer lives there. Their address stays until it is changed."""
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    left = customer.household
    if left is None:
        return
    customer.household = None
    customer.save(update_fields=["household"])
    changed(customer, "left household", by=by, at=at, household=left.pk)
    _close_when_empty(left, by=by, at=at)


@transaction.atomic
def rename_household(household: Household, name: str, *, by: Actor, at: datetime) -> Household:
    """Write a household's name as letters to it are to have it."""
    household.name = _named(name)
    household.save(update_fields=["name"])
    audit.record("renamed", household, by=by, at=at)
    return household


@transaction.atomic
def move_household(household: Household, address: str, *, by: Actor, at: datetime) -> Household:
    """Write a household's new address, for everybody who lives there."""
    household = Household.objects.select_for_update().get(pk=household.pk)
    household.address = household.street = " ".join(address.split())
    household.postcode = household.city = household.region = household.country = ""
    household.save()
    audit.record("moved", household, by=by, at=at)
    for member in household.members.order_by("pk"):
        shared_address(member, household, at=at)
        changed(member, "moved", by=by, at=at, household=household.pk)
    return household


def _share_address(customer: Customer, household: Household, *, by: Actor, at: datetime) -> None:
    """A household without an address takes that of whoever brings one."""
    if not household.address:
        points = ContactPoint.objects.filter(customer=customer, kind=PointKind.ADDRESS)
        own = points.order_by("-is_primary", "id").first()
        if own is None:
            return
        household.address = own.value
        for part in ADDRESS_PARTS:
            setattr(household, part, getattr(own, part))
        household.save()
        for member in household.members.exclude(pk=customer.pk):
            shared_address(member, household, at=at)
    shared_address(customer, household, at=at)


def _close_when_empty(household: Household, *, by: Actor, at: datetime) -> None:
    if not household.members.exists():
        audit.record("deleted", household, by=by, at=at)
        household.delete()


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise HouseholdRefused(
            _("A household needs a name."), _("Write it as letters to it are to have it.")
        )
    return name
