"""Whom a form is about: those who were ticked, or all whom the list showed."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.customers.models import CustomerQuerySet
from regulars.customers.queries.people import (
    archived_customers,
    customers_for,
    customers_in_the_trash,
)
from regulars.desk.audience import NAME, definition_of
from regulars.desk.customer_list import Wanted, wanted_customers
from regulars.desk.list_look import Asked, asked_customers, is_look
from regulars.lists.audience import FILTER, definition_of_filter
from regulars.lists.queries.search import matching_for
from regulars.messaging.audiences import audiences

MOST_PICKED = 1000
# Those who are off the list: no audience, for nobody writes to them.
AWAY = "away"
ARCHIVED, TRASH = "archived", "trash"


def _is_id(text: str) -> bool:
    # A number that no database holds finds nobody, and is no fault of ours.
    return text.isdecimal() and len(text) < 19


def picked(request: HttpRequest, actor: Actor) -> CustomerQuerySet:
    """The customers whom a form of the list is about."""
    given = request.POST.dict()
    if request.POST.get("all"):
        if is_look(given):
            return asked_customers(Asked.read(given, actor), actor, clock.now())
        return wanted_customers(actor, Wanted.read(given, actor))
    return customers_for(actor).on_the_list().filter(pk__in=ids_ticked(request))


def ids_ticked(request: HttpRequest) -> list[int]:
    return [int(pk) for pk in request.POST.getlist("ids")[:MOST_PICKED] if _is_id(pk)]


def meant_by(request: HttpRequest, actor: Actor, remedy: str) -> tuple[str, dict[str, Any]]:
    """The same as an audience: its name, and a definition that finds them again."""
    given = request.POST.dict()
    if not request.POST.get("all"):
        ids = list(picked(request, actor).values_list("pk", flat=True))
        if not ids:
            raise Refusal(_("Nobody is chosen."), remedy)
        return NAME, definition_of(Wanted.read(given, actor), ids)
    if is_look(given):
        asked = Asked.read(given, actor)
        return FILTER, definition_of_filter(asked.tree, actor, clock.now())
    return NAME, definition_of(Wanted.read(given, actor), None)


def selected(audience: str, definition: dict[str, Any], actor: Actor) -> CustomerQuerySet:
    """Those of an audience whom this person may see, or those who are away."""
    if audience == AWAY:
        rows = away_for(actor, definition["where"], definition.get("text", ""))
        return rows.filter(pk__in=definition["ids"]) if "ids" in definition else rows
    found = audiences[audience].customers(definition)
    return customers_for(actor).on_the_list().filter(pk__in=found.order_by().values("pk"))


def away_for(actor: Actor, where: str, text: str = "") -> CustomerQuerySet:
    """Who is archived or in the Trash, as far as this person may see, the last first."""
    rows = archived_customers(actor) if where == ARCHIVED else customers_in_the_trash(actor)
    return matching_for(actor, rows, text) if text else rows


def meant_words(audience: str, definition: dict[str, Any]) -> str:
    return audiences[audience].words(definition)
