"""Who may see what the business costs and has to bring, and who sets it."""

from regulars.core.actor import MANAGER, OWNER, VIEWER, Actor


def may_see_business(actor: Actor) -> bool:
    """Costs, margins and the goals of all are for those who see the whole list."""
    return actor.role in (OWNER, MANAGER, VIEWER)


def may_set(actor: Actor) -> bool:
    """What it costs, what is to be reached and by whom: the owners say so."""
    return actor.role == OWNER
