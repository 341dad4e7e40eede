"""The views that somebody may open."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from regulars.core.actor import Actor
from regulars.lists.errors import FilterNotPossible, ViewNotFound
from regulars.lists.models import View
from regulars.lists.queries.fields import asking_of, uses_hidden
from regulars.lists.rules import may_change_view, may_keep_segments, may_share
from regulars.lists.trees import read


@dataclass(frozen=True, slots=True)
class KnownView:
    """A view as it stands over the list: whether one may change it."""

    view: View
    is_changeable: bool


def views_for(actor: Actor, at: datetime) -> list[KnownView]:
    """Shared views and one's own, in their order, but for those that ask for something hidden."""
    asking = asking_of(actor, at)
    found = []
    for view in _theirs(actor):
        try:
            hidden = uses_hidden(read(view.tree), asking)
        except FilterNotPossible:
            continue
        if not hidden:
            found.append(KnownView(view, may_change_view(actor, view)))
    return found


def view_for(actor: Actor, view_id: int) -> View:
    """One view, if it is shared or one's own. Opening it refuses what is hidden."""
    view = _theirs(actor).filter(pk=view_id).first()
    if view is None:
        raise ViewNotFound
    return view


def _theirs(actor: Actor) -> "QuerySet[View]":
    mine = Q(owner_id=actor.member_id, is_shared=False) if actor.member_id else Q(pk__in=())
    return View.objects.filter(Q(is_shared=True) | mine)


def is_sharer(actor: Actor) -> bool:
    return may_share(actor)


def is_segment_keeper(actor: Actor) -> bool:
    return may_keep_segments(actor)
