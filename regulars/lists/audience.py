"""Filters and segments as those whom a mailing, an export or a bulk change is meant for."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from regulars.core import clock
from regulars.core.actor import SYSTEM, Actor
from regulars.customers.models import CustomerQuerySet
from regulars.lists.models import Segment
from regulars.lists.queries.filters import compile_filter, for_anybody, still_asked, words_of
from regulars.lists.queries.segments import members_of

FILTER, SEGMENT = "filter", "segment"


def definition_of_filter(
    tree: Any, actor: Actor, at: datetime, *, name: str = ""
) -> dict[str, Any]:
    """Whom a filter finds, for the audience `FILTER`; “me” is whoever writes it down."""
    named = {"name": name} if name else {}
    return {"tree": for_anybody(tree, actor, at), **named}


def definition_as_shown(tree: Any, actor: Actor, at: datetime) -> dict[str, Any]:
    """Whom a page of the list shows: conditions that it leaves out, and says so, are left out."""
    return {"tree": for_anybody(still_asked(tree, actor, at), actor, at)}


def definition_of_segment(segment: Segment) -> dict[str, Any]:
    """Who is in a segment, for the audience `SEGMENT`."""
    return {"segment": segment.pk}


class Filtered:
    """{"tree": …, "name": of the view it was taken from}: whoever fits on the day it is asked.

    The tree is a copy: changing the view later changes nothing that was approved.
    """

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        return compile_filter(definition.get("tree", {}), SYSTEM, clock.now())

    def words(self, definition: dict[str, Any]) -> str:
        words = words_of(definition.get("tree", {}), SYSTEM)
        if definition.get("name"):
            return _("“%(name)s”: %(words)s") % {"name": definition["name"], "words": words}
        return words


class InOneSegment:
    """{"segment": id}: who is in it, as it was last worked out, and still on the list."""

    def customers(self, definition: dict[str, Any]) -> CustomerQuerySet:
        return members_of(self._segment(definition), SYSTEM)

    def words(self, definition: dict[str, Any]) -> str:
        segment = self._segment(definition)
        places = {"name": segment.name, "words": words_of(segment.tree, SYSTEM)}
        return _("segment “%(name)s”: %(words)s") % places

    def _segment(self, definition: dict[str, Any]) -> Segment:
        return Segment.objects.get(pk=definition["segment"])
