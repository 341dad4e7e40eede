"""Who may see and spend store credit, and who says who sold."""

from regulars.core.actor import HELPER, MANAGER, OWNER, Actor
from regulars.core.list_fields import is_hidden

# What lists call what somebody bought: where it is hidden from a role, so is their account.
LISTED = ("order",)


def may_see_credit(actor: Actor) -> bool:
    return not is_hidden(actor, *LISTED)


def may_spend(actor: Actor) -> bool:
    """Whoever stands at the till: everybody but viewers, for customers whom they may see."""
    return may_see_credit(actor) and actor.role in (OWNER, MANAGER, HELPER)


def may_name_sellers(actor: Actor) -> bool:
    """Owners and managers know who stood at the till."""
    return actor.role in (OWNER, MANAGER) and not is_hidden(actor, *LISTED)
