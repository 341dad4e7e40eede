"""Who may stop selling for a disruption, and who may let it go on."""

from regulars.core.actor import MANAGER, OWNER, Actor


def may_keep_card(actor: Actor) -> bool:
    """It holds what is hidden from others, outside of everything that Regulars guards."""
    return actor.role == OWNER


def may_declare(actor: Actor) -> bool:
    """Whoever may hold messages to everybody."""
    return actor.role in (OWNER, MANAGER)
