"""Who may see and change customers."""

from django.db.models import Q

from regulars.core.actor import HELPER, MANAGER, OWNER, Actor
from regulars.customers.models import Customer, CustomerQuerySet


def visible_to(actor: Actor, customers: CustomerQuerySet) -> CustomerQuerySet:
    """A helper sees those whom they look after; everybody else sees all."""
    return customers if sees_everybody(actor) else customers.filter(_is_theirs(actor))


def sees_everybody(actor: Actor) -> bool:
    return actor.role != HELPER


def _is_theirs(actor: Actor) -> Q:
    # No member is nobody: without this, `None` would find all who have no manager.
    return Q(manager_id=actor.member_id) if actor.member_id is not None else Q(pk__in=())


def may_see(actor: Actor, customer: Customer) -> bool:
    if sees_everybody(actor):
        return True
    return actor.member_id is not None and customer.manager_id == actor.member_id


def may_change(actor: Actor, customer: Customer) -> bool:
    return may_add(actor) and may_see(actor, customer)


def may_add(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER, HELPER)


def may_delete(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER)


def may_erase(actor: Actor) -> bool:
    return actor.role == OWNER


def may_assign(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER)


def may_tidy_tags(actor: Actor) -> bool:
    """Anybody who may change a customer makes tags; renaming one changes it for all."""
    return actor.role in (OWNER, MANAGER)


def may_make_fields(actor: Actor) -> bool:
    return actor.role == OWNER


def may_merge(actor: Actor) -> bool:
    """Making two customers one changes both, whoever looks after them."""
    return actor.role in (OWNER, MANAGER)
