"""Who is told of a bulletin: everybody, or those in a segment."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from regulars.bulletins.models import Bulletin
from regulars.core.actor import Actor
from regulars.core.keyset import is_whole
from regulars.customers.models import Customer, CustomerQuerySet
from regulars.lists.audience import SEGMENT
from regulars.lists.queries.segments import segment_for, segments_for
from regulars.messaging.audiences import audiences

NOBODY = "nobody"
EVERYBODY = "everybody"
OTHERS = "as-chosen"


class AllOfThem:
    """Everybody on the list: what a bulletin is for unless somebody narrows it down."""

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        return Customer.objects.on_the_list()

    def words(self, definition: dict[str, Any]) -> str:
        return _("everybody on the list")


def reader_choices(actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """Everybody, each segment, or nobody: then it stands on the public page alone."""
    segments = segments_for(actor, at).order_by("name")
    return [
        (EVERYBODY, _("Everybody on the list")),
        *((f"segment:{one.pk}", _("Segment “%(name)s”") % {"name": one.name}) for one in segments),
        (NOBODY, _("Nobody: it stands on the public page alone")),
    ]


def chosen_readers(choice: str, actor: Actor, at: datetime) -> tuple[str, dict[str, Any]]:
    """The audience of a choice, by its name and what it needs."""
    kind, _colon, number = choice.partition(":")
    if kind == "segment" and is_whole(number):
        return SEGMENT, {"segment": segment_for(actor, int(number), at).pk}
    return ("", {}) if choice == NOBODY else ("everybody", {})


def choice_of(bulletin: Bulletin) -> str:
    """What stands chosen in the list."""
    if not bulletin.audience:
        return NOBODY
    if bulletin.audience == SEGMENT:
        return f"segment:{bulletin.definition.get('segment')}"
    return EVERYBODY if bulletin.audience == "everybody" else OTHERS


def readers_of(bulletin: Bulletin) -> CustomerQuerySet:
    if not bulletin.audience:
        return Customer.objects.none()
    return audiences[bulletin.audience].customers(bulletin.definition)


def readers_words(bulletin: Bulletin) -> str:
    if not bulletin.audience:
        return _("nobody; it stands on the public page alone")
    return audiences[bulletin.audience].words(bulletin.definition)
