"""Who may decide what about permission. Whose customers somebody sees, `customers` says."""

from regulars.core.actor import OWNER, VIEWER, Actor
from regulars.customers.models import Customer
from regulars.customers.queries.people import is_changeable


def may_decide_grounds(actor: Actor) -> bool:
    return actor.role == OWNER


def may_note(actor: Actor) -> bool:
    """Customers decide for themselves, and so does the system; of the team, all but viewers."""
    return actor.kind != "staff" or actor.role != VIEWER


def may_wish_for(actor: Actor, customer: Customer) -> bool:
    return actor.kind != "staff" or is_changeable(actor, customer)


def may_lift(actor: Actor) -> bool:
    return actor.role == OWNER
