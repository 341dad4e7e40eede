"""Who may write down what was said."""

from regulars.conversations.models import Touch
from regulars.core.actor import HELPER, MANAGER, OWNER, Actor


def may_log(actor: Actor) -> bool:
    """Everybody but viewers, with the customers whom they may see."""
    return actor.role in (OWNER, MANAGER, HELPER)


def may_take_back(actor: Actor, touch: Touch) -> bool:
    """Owners and managers any touch, a helper their own; what was sent cannot be unsent."""
    if touch.message_id is not None:
        return False
    return actor.role in (OWNER, MANAGER) or (
        actor.role == HELPER and touch.member_id is not None and touch.member_id == actor.member_id
    )
