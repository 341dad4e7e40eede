"""Who may bring the sample business in, and take it out."""

from regulars.core.actor import OWNER, Actor


def may_change_demo(actor: Actor) -> bool:
    return actor.role == OWNER
