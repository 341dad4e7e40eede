"""Who may see offers, plan them, and take codes at the till."""

from regulars.core.actor import HELPER, MANAGER, OWNER, Actor
from regulars.core.list_fields import is_hidden

# What lists call it: from whom this is hidden, who used what is told to nobody.
LISTED = ("offers.used_on", "offer_used")


def may_see_who(actor: Actor) -> bool:
    """Who an offer is open to, who was told and who used it, of customers whom they may see."""
    return not is_hidden(actor, *LISTED)


def may_plan(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER)


def may_take(actor: Actor) -> bool:
    """Everybody who may stand at a till: all but viewers."""
    return actor.role in (OWNER, MANAGER, HELPER)


def may_see_offers(actor: Actor) -> bool:
    """What is planned is known to all of the team: whoever is asked by a customer can answer."""
    return bool(actor.role)
