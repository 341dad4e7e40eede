"""Who may see prices, plan and publish them, and publish what undercuts old customers."""

from regulars.core.actor import MANAGER, OWNER, Actor
from regulars.core.list_fields import is_hidden

# What lists call what somebody bought: hidden from a role, it does not hear who paid what.
LISTED = ("order",)


def may_see_prices(actor: Actor) -> bool:
    """Whoever is asked by a customer what something costs can answer."""
    return bool(actor.role)


def may_see_who(actor: Actor) -> bool:
    """Who paid how much, of customers whom they may see."""
    return not is_hidden(actor, *LISTED)


def may_plan(actor: Actor) -> bool:
    """Write prices down, publish what undercuts nobody, make it right."""
    return may_see_who(actor) and actor.role in (OWNER, MANAGER)


def may_publish_anyway(actor: Actor) -> bool:
    """Break our promise to old customers, in writing."""
    return actor.role == OWNER


def may_set(actor: Actor) -> bool:
    """How far back is looked."""
    return actor.role == OWNER
