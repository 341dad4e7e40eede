"""Who may change the business and its team."""

from regulars.core.actor import MANAGER, OWNER, VIEWER, Actor
from regulars.team.models import Member


def may_change_business(actor: Actor) -> bool:
    return actor.role == OWNER


def may_change_team(actor: Actor) -> bool:
    return actor.role == OWNER


def may_set_own_minutes(actor: Actor) -> bool:
    """Whoever works with customers has minutes for them."""
    return actor.role != VIEWER


def may_note_absence(actor: Actor, member: Member) -> bool:
    """An owner of everybody; whoever works with customers of themselves."""
    return may_set_minutes(actor, member)


def may_see_why_away(actor: Actor, member_id: int) -> bool:
    """Holiday or ill: a colleague needs to know until when, and no more."""
    return actor.role == OWNER or member_id == actor.member_id


def may_cover(member: Member) -> bool:
    """Helpers see only the customers they look after, so they cannot reach a colleague's."""
    return member.is_active and member.role in (OWNER, MANAGER)


def may_set_minutes(actor: Actor, member: Member) -> bool:
    """An owner for everybody; whoever works with customers for themselves."""
    is_own = member.pk == actor.member_id
    return actor.role == OWNER or (is_own and may_set_own_minutes(actor))
