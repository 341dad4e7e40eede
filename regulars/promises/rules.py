"""Who may see, make and settle promises."""

from django.db.models import Exists, OuterRef, Q

from regulars.core.actor import HELPER, MANAGER, OWNER, Actor
from regulars.core.list_fields import is_hidden
from regulars.customers.queries.people import customers_for
from regulars.promises.models import Promise, PromiseQuerySet

# What lists call promises: where one of these is hidden from a role, every page of them is.
LISTED = ("promise", "promise.due", "promise.what")


def may_see_promises(actor: Actor) -> bool:
    """Everybody, unless an owner hid promises from their role."""
    return not is_hidden(actor, *LISTED)


def visible_to(actor: Actor) -> PromiseQuerySet:
    """Promises to customers whom this person may see; a helper sees their own besides."""
    # Asked of each promise that was found, and not of every customer.
    theirs = Exists(customers_for(actor).filter(pk=OuterRef("customer")))
    to_many = Q(customer=None)
    if actor.role == HELPER:
        to_many &= Q(keeper=actor.member_id) | Q(made_by=actor.member_id)
    return Promise.objects.filter(to_many | theirs)


def may_promise(actor: Actor) -> bool:
    """Everybody but viewers, to customers whom they may see."""
    return actor.role in (OWNER, MANAGER, HELPER)


def may_settle(actor: Actor, promise: Promise) -> bool:
    """Owners and managers any; a helper what they made, have to keep, or owe to their customer."""
    if actor.role != HELPER:
        return actor.role in (OWNER, MANAGER)
    whose = {promise.keeper_id, promise.made_by_id}
    if promise.customer is not None:
        whose.add(promise.customer.manager_id)
    return actor.member_id is not None and actor.member_id in whose


def may_write_pledge(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER)


def may_publish_pledge(actor: Actor) -> bool:
    """What everybody reads in the name of the business is the owner's word."""
    return actor.role == OWNER
