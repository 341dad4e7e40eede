"""Who may write, approve and stop."""

from regulars.core.actor import HELPER, MANAGER, OWNER, VIEWER, Actor
from regulars.customers.models import Customer
from regulars.messaging.models import Hold


def may_write(actor: Actor) -> bool:
    """To many at once, and texts for all."""
    return actor.role in (OWNER, MANAGER)


def may_word(actor: Actor) -> bool:
    """Words for one message: whoever writes to anybody at all."""
    return actor.role != VIEWER


def may_write_to(actor: Actor, customer: Customer) -> bool:
    """To one customer: a helper to those in their care."""
    if actor.role == HELPER:
        return customer.manager_id is not None and customer.manager_id == actor.member_id
    return actor.role in (OWNER, MANAGER)


def may_approve(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER)


def may_stop(actor: Actor) -> bool:
    """Whoever sees that something goes wrong, stops it; viewers only look."""
    return actor.role != VIEWER


def may_resume(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER)


def may_change_server(actor: Actor) -> bool:
    return actor.role == OWNER


def may_hold(actor: Actor, customer: Customer) -> bool:
    """Whoever may write to them may also see to it that nobody does."""
    return may_write_to(actor, customer)


def may_hold_everybody(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER)


def is_of_a_room(hold: Hold) -> bool:
    """Whether a room placed it for something of its own, such as "disruption:2"."""
    return ":" in hold.source


def may_set_rules(actor: Actor) -> bool:
    return actor.role == OWNER
