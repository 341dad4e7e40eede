"""The list of customers, for reading: always as far as the one who asks may see."""

from collections.abc import Callable, Sequence

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.core.registry import Registry
from regulars.customers.choices import Kind
from regulars.customers.errors import AssignmentNotFound, CustomerNotFound, NotTheirs, PointNotFound
from regulars.customers.lookups import Words, WordsByIndex
from regulars.customers.models import Assignment, ContactPoint, Customer, CustomerQuerySet
from regulars.customers.naming import sought_words
from regulars.customers.rules import (
    may_add,
    may_assign,
    may_change,
    may_delete,
    may_erase,
    may_make_fields,
    may_tidy_tags,
    sees_everybody,
    visible_to,
)


def customers_for(actor: Actor) -> CustomerQuerySet:
    """Every customer whom this person may see: archived ones too, deleted and merged ones not."""
    return visible_to(actor, Customer.objects.all()).still_there()


def unseen_by(actor: Actor) -> CustomerQuerySet | None:
    """The few whom somebody who sees everybody does not see; None for whoever sees only theirs.

    To count all and take these off costs less than to look at the customer of each. What was of
    somebody merged is the other's by now, and of somebody erased nothing is left.
    """
    return Customer.objects.in_the_trash() if sees_everybody(actor) else None


def customer_for(actor: Actor, customer_id: int) -> Customer:
    """One customer, or the same answer for one who is not there and one who is not theirs."""
    found = customers_for(actor).select_related("manager", "household").filter(pk=customer_id)
    customer = found.first()
    if customer is None:
        raise CustomerNotFound
    return customer


def serves_only_departments(member_id: int) -> bool:
    """Whether all whom this member looks after are departments of ours, and there are any."""
    theirs = Customer.objects.on_the_list().looked_after_by(member_id)
    if theirs.exclude(kind=Kind.DEPARTMENT).exists():
        return False
    return theirs.exists()


# Where something may be hidden from whoever seeks, a higher room seeks by what they see.
Seek = Callable[[Actor, CustomerQuerySet, str], CustomerQuerySet]
seeking: Registry[Seek] = Registry("ways of seeking by what may be seen")


def found_by(actor: Actor, rows: CustomerQuerySet, sought: str) -> CustomerQuerySet:
    """Those who fit what was typed, by what this person may see of them."""
    for seek in seeking:
        rows = seek(actor, rows, sought)
    return rows if seeking.names() else matching(rows, sought)


def matching(customers: CustomerQuerySet, text: str) -> CustomerQuerySet:
    """Those in whose names, addresses and numbers every word of the text begins a word."""
    words = sought_words(text)
    if words:
        return customers.filter(Words(F("search_text"), words))
    return customers.none() if text.strip(" \t\n0") else customers


def matching_any(customers: CustomerQuerySet, words: Sequence[Sequence[str]]) -> CustomerQuerySet:
    """Those who have, of each of these groups of words, one that begins a word of theirs."""
    return customers.filter(Words(F("search_text"), words))


# A word that fits one in two hundred is met among so many; a rarer one has few in the index.
LATELY = 2000


def first_matching(
    customers: CustomerQuerySet, words: Sequence[Sequence[str]], limit: int
) -> list[Customer]:
    """A few who have, of each of these groups of words, one that begins a word of theirs."""
    if connection.vendor != "postgresql":
        return list(matching_any(customers, words)[:limit])
    newest = Customer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    found = list(matching_any(customers, words).filter(pk__gt=newest - LATELY)[:limit])
    if len(found) < limit:
        older = customers.filter(WordsByIndex(F("search_text"), words), pk__lte=newest - LATELY)
        found += older[: limit - len(found)]
    return found


def words_sought(text: str) -> list[str]:
    """What a search for this text looks for: two texts with the same words find the same."""
    return sought_words(text)


def assignment_for(assignment_id: int) -> Assignment:
    """One change of manager, so that it can be taken back."""
    found = Assignment.objects.filter(pk=assignment_id).first()
    if found is None:
        raise AssignmentNotFound
    return found


def point_of(customer: Customer, point_id: int) -> ContactPoint:
    """One way to reach this customer."""
    point = customer.contact_points.filter(pk=point_id).first()
    if point is None:
        raise PointNotFound
    return point


def is_changeable(actor: Actor, customer: Customer) -> bool:
    return may_change(actor, customer)


def is_assigner(actor: Actor) -> bool:
    return may_assign(actor)


def is_tag_keeper(actor: Actor) -> bool:
    return may_tidy_tags(actor)


def is_field_maker(actor: Actor) -> bool:
    return may_make_fields(actor)


def is_adder(actor: Actor) -> bool:
    return may_add(actor)


def archived_customers(actor: Actor) -> CustomerQuerySet:
    """Who was taken off the list and is kept, the last first."""
    return customers_for(actor).filter(archived_at__isnull=False).order_by("-archived_at", "-pk")


def customers_in_the_trash(actor: Actor) -> CustomerQuerySet:
    """Who was deleted and can be restored, the last first; for those who may delete."""
    if not may_delete(actor):
        raise NotTheirs(
            _("The Trash is for owners and managers."), _("Ask one of them to look into it.")
        )
    return (
        Customer.objects.in_the_trash().select_related("deleted_by").order_by("-deleted_at", "-pk")
    )


def deleted_customer_for(actor: Actor, customer_id: int) -> Customer:
    """One customer in the Trash."""
    found = customers_in_the_trash(actor).filter(pk=customer_id).first()
    if found is None:
        raise CustomerNotFound
    return found


def is_deleter(actor: Actor) -> bool:
    return may_delete(actor)


def is_eraser(actor: Actor) -> bool:
    return may_erase(actor)
