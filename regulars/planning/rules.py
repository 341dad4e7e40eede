"""Who may see a day's list and act on it."""

from regulars.core.actor import HELPER, MANAGER, OWNER, VIEWER, Actor
from regulars.planning.models import PlanItem


def may_see_list(actor: Actor, member_id: int) -> bool:
    """One's own; a helper sees no other, everybody else sees all."""
    return actor.member_id == member_id or actor.role != HELPER


def may_settle(actor: Actor, item: PlanItem) -> bool:
    """One's own list; the owner may act on all; a viewer changes nothing."""
    if actor.role == VIEWER:
        return False
    return actor.role == OWNER or item.plan.member_id == actor.member_id


def may_let_go(actor: Actor, member_id: int) -> bool:
    """Let texts leave by themselves: from one's own list, the owner from all; no helper."""
    if actor.role == OWNER:
        return True
    return actor.role == MANAGER and actor.member_id == member_id


def may_hand_over_for_good(actor: Actor) -> bool:
    """Changing who looks after a customer."""
    return actor.role in (OWNER, MANAGER)


def may_see_team(actor: Actor) -> bool:
    """How much everybody has to do, and how far their time reached."""
    return actor.role == OWNER


def may_set_cadences(actor: Actor) -> bool:
    return actor.role == OWNER


def may_set_cadence_of_one(actor: Actor) -> bool:
    """Whoever works with customers; only those whom one may see come this far."""
    return actor.role != VIEWER
