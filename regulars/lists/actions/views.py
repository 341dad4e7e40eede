"""Keeping views: saved, changed, put in order, thrown away."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed, Refusal
from regulars.lists.errors import NameTaken, NotYoursToChange
from regulars.lists.looks import Look
from regulars.lists.models import View
from regulars.lists.queries.fields import asking_of
from regulars.lists.queries.filters import opened
from regulars.lists.rules import may_change_view, may_keep_views, may_share
from regulars.lists.trees import plain

LONGEST_NAME = 80
MOST_VIEWS = 200
MOST_COLUMNS = 40


def save_view(
    name: str, look: Look, *, is_shared: bool = False, by: Actor, at: datetime,
    source: str = "desk",
) -> View:  # fmt: skip
    """Keep a way of looking at the list under a name, for yourself or for everybody."""
    if not may_keep_views(by) and source == "desk":
        raise NotAllowed(_("Only members of the team keep views."))
    _check_sharing(is_shared, by)
    return _kept(
        View(
            owner_id=by.member_id, is_shared=is_shared, source=source, created_at=at,
            position=(View.objects.aggregate(last=Max("position"))["last"] or 0) + 1,
        ),
        name, look, "saved view", by, at,
    )  # fmt: skip


def change_view(
    view: View, *, name: str | None = None, look: Look | None = None,
    is_shared: bool | None = None, by: Actor, at: datetime,
) -> View:  # fmt: skip
    """Change what a view asks for, what it is called, or who sees it."""
    _check_yours(view, by)
    if is_shared is not None and is_shared != view.is_shared:
        _check_sharing(True, by)
        view.is_shared = is_shared
        view.owner_id = view.owner_id if is_shared else by.member_id
    return _kept(view, view.name if name is None else name, look, "changed view", by, at)


@transaction.atomic
def remove_view(view: View, *, by: Actor, at: datetime) -> None:
    """Throw a view away; nobody's customers change by it."""
    _check_yours(view, by)
    audit.record("removed view", view, by=by, at=at)
    view.delete()


@transaction.atomic
def put_in_order(views: Sequence[View], *, by: Actor, at: datetime) -> None:
    """Put views into the order in which they stand over the list."""
    for view in views:
        _check_yours(view, by)
    for place, view in enumerate(views, start=1):
        view.position = place
    View.objects.bulk_update(views, ["position"])
    audit.record("ordered views", "lists.view", by=by, at=at, count=len(views))


def _check_yours(view: View, by: Actor) -> None:
    if not may_change_view(by, view):
        raise NotYoursToChange(
            _("This view is not yours to change."), _("Save it as a view of your own.")
        )


def _check_sharing(is_shared: bool, by: Actor) -> None:
    if is_shared and not may_share(by):
        raise NotAllowed(_("Owners and managers make views for everybody."))


def _kept(view: View, name: str, look: Look | None, verb: str, by: Actor, at: datetime) -> View:
    view.name = checked_name(name)
    if view.pk is None and View.objects.filter(owner_id=by.member_id).count() >= MOST_VIEWS:
        raise Refusal(
            _("You keep %(most)s views already.") % {"most": MOST_VIEWS},
            _("Throw one away that you no longer open."),
        )
    if look is not None:
        _take(view, look, by, at)
    view.changed_at = at
    try:
        with transaction.atomic():
            view.save()
            audit.record(verb, view, by=by, at=at, shared=view.is_shared)
    except IntegrityError:
        raise NameTaken(
            _("There is a view called “%(name)s” already.") % {"name": view.name},
            _("Give this one another name."),
        ) from None
    return view


def _take(view: View, look: Look, by: Actor, at: datetime) -> None:
    """What is kept is what can be asked today: conditions on fields that are gone go with it."""
    asking = asking_of(by, at)
    asked = opened(look.tree, asking)
    view.tree = plain(asked.node)
    view.columns = [name for name in look.columns if name in asking.fields][:MOST_COLUMNS]
    sort = asking.fields.get(look.sort)
    view.sort = sort.name if sort and sort.sortable else View._meta.get_field("sort").default
    view.is_descending = look.is_descending
    view.counted = view.counted_at = None


def checked_name(name: str) -> str:
    """A name as it is kept: without blanks around it, neither empty nor endless."""
    bare = " ".join(name.split())
    if not bare or len(bare) > LONGEST_NAME or "\0" in bare:
        raise Refusal(_("A name has between 1 and %(most)s letters.") % {"most": LONGEST_NAME})
    return bare
