"""Who may change the business and its team."""

from regulars.core.actor import OWNER, VIEWER, Actor
from regulars.team.models import Member


def may_change_business(actor: Actor) -> bool:
    return actor.role == OWNER


def may_change_team(actor: Actor) -> bool:
    return actor.role == OWNER


def may_set_own_minutes(actor: Actor) -> bool:
    """Whoever works with customers has minutes for them."""
    return actor.role != VIEWER


def may_set_minutes(actor: Actor, member: Member) -> bool:
    """An owner for everybody; whoever works with customers for themselves."""
    is_own = member.pk == actor.member_id
    return actor.role == OWNER or (is_own and may_set_own_minutes(actor))
