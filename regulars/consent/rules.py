"""Who may decide what about permission. Whose customers somebody sees, `customers` says."""

from regulars.core.actor import OWNER, Actor


def may_decide_grounds(actor: Actor) -> bool:
    return actor.role == OWNER


def may_lift(actor: Actor) -> bool:
    return actor.role == OWNER
