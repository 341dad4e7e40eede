"""Who may see and do what with insight."""

from regulars.core.actor import MANAGER, OWNER, VIEWER, Actor


def may_see_insight(actor: Actor) -> bool:
    """Figures of the whole list are for those who see the whole list."""
    return actor.role in (OWNER, MANAGER, VIEWER)


def may_count(actor: Actor) -> bool:
    """Viewers change nothing, and a new count changes what everybody sees."""
    return actor.role in (OWNER, MANAGER)
