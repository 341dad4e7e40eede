"""Who may see which fields, and keep which views and segments."""

from regulars.core.actor import HELPER, MANAGER, OWNER, Actor
from regulars.lists.models import HiddenField, View


def hidden_from(actor: Actor) -> frozenset[str]:
    """What owners hid from the role of this person; owners see everything."""
    if actor.role == OWNER:
        return frozenset()
    names = HiddenField.objects.filter(role=actor.role).values_list("field", flat=True)
    return frozenset(names)


def may_hide_fields(actor: Actor) -> bool:
    return actor.role == OWNER


def may_share(actor: Actor) -> bool:
    """What everybody sees is for those who see the whole list and may change it."""
    return actor.role in (OWNER, MANAGER)


def may_keep_views(actor: Actor) -> bool:
    """A view of one's own changes nothing for anybody else."""
    return actor.member_id is not None


def may_change_view(actor: Actor, view: View) -> bool:
    if view.is_shared:
        return may_share(actor)
    return actor.member_id is not None and view.owner_id == actor.member_id


def may_keep_segments(actor: Actor) -> bool:
    return actor.role in (OWNER, MANAGER)


def may_see_segments(actor: Actor) -> bool:
    """A segment is of the whole list; a helper sees their own customers alone."""
    return actor.role != HELPER
