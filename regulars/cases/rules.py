"""Who may see cases, and who may see to them."""

from django.db.models import Exists, OuterRef, Q

from regulars.cases.models import Budget, Case, CaseQuerySet, MakeGood
from regulars.core.actor import HELPER, MANAGER, OWNER, Actor
from regulars.core.list_fields import is_hidden
from regulars.customers.queries.people import customers_for

# What lists call cases: where one of these is hidden from a role, every page of them is.
LISTED = ("case", "cases.open", "cases.last_on", "cases.what")


def may_see_cases(actor: Actor) -> bool:
    """Everybody, unless an owner hid cases from their role."""
    return not is_hidden(actor, *LISTED)


def visible_to(actor: Actor) -> CaseQuerySet:
    """Cases of customers whom this person may see, and those that are theirs to see to."""
    if not may_see_cases(actor):
        return Case.objects.none()
    theirs = Q(Exists(customers_for(actor).filter(pk=OuterRef("customer"))))
    if actor.member_id is not None:
        theirs |= Q(manager=actor.member_id)
    return Case.objects.filter(theirs)


def may_open(actor: Actor) -> bool:
    return may_see_cases(actor) and actor.role in (OWNER, MANAGER, HELPER)


def may_see_to(actor: Actor, case: Case) -> bool:
    """Owners and managers any case; a helper their own, and those of their customers."""
    if actor.role != HELPER:
        return actor.role in (OWNER, MANAGER)
    return actor.member_id is not None and actor.member_id in (
        case.manager_id, case.customer.manager_id
    )  # fmt: skip


def may_set_levels(actor: Actor) -> bool:
    return actor.role == OWNER


def may_approve(actor: Actor) -> bool:
    """What is more than a budget is the owner's to give, and of managers whom an owner lets."""
    if actor.role == OWNER:
        return True
    if actor.role != MANAGER or actor.member_id is None or not may_see_cases(actor):
        return False
    return Budget.objects.filter(member=actor.member_id, may_approve=True).exists()


def may_decide(actor: Actor, made: MakeGood) -> bool:
    """Nobody but an owner says yes to what they asked for themselves."""
    return may_approve(actor) and (actor.role == OWNER or made.member_id != actor.member_id)
