"""What may be withheld by lot, and who may decide it."""

from regulars.core.actor import MANAGER, OWNER, VIEWER, Actor
from regulars.verdicts.choices import LEAVABLE_CHANNELS, LEAVABLE_PURPOSES


def may_be_left_out(purpose: str, channel: str) -> bool:
    """Only what asks or sells, and only where no person does it: care is never withheld."""
    return purpose in LEAVABLE_PURPOSES and channel in LEAVABLE_CHANNELS


def may_decide(actor: Actor) -> bool:
    """Whoever approves what leaves says who is left out."""
    return actor.role in (OWNER, MANAGER)


def may_set_policy(actor: Actor) -> bool:
    """What goes for every act is the owner's word."""
    return actor.role == OWNER


def may_see_verdicts(actor: Actor) -> bool:
    """They are of the whole list, as Insight is."""
    return actor.role in (OWNER, MANAGER, VIEWER)
