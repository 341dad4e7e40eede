"""Whom a form is about: those who were ticked, or all whom the list showed."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.customers.models import CustomerQuerySet
from regulars.customers.queries.people import customers_for
from regulars.desk.audience import NAME, definition_of
from regulars.desk.customer_list import Wanted, wanted_customers
from regulars.desk.list_look import Asked, asked_customers, is_look
from regulars.lists.audience import FILTER, definition_of_filter
from regulars.messaging.audiences import audiences

MOST_PICKED = 1000


def _is_id(text: str) -> bool:
    # A number that no database holds finds nobody, and is no fault of ours.
    return text.isdecimal() and len(text) < 19


def picked(request: HttpRequest, actor: Actor) -> CustomerQuerySet:
    """The customers whom a form of the list is about."""
    given = request.POST.dict()
    if request.POST.get("all"):
        if is_look(given):
            return asked_customers(Asked.read(given, actor), actor, clock.now())
        return wanted_customers(actor, Wanted.read(given))
    ids = [int(pk) for pk in request.POST.getlist("ids")[:MOST_PICKED] if _is_id(pk)]
    return customers_for(actor).on_the_list().filter(pk__in=ids)


def meant_by(request: HttpRequest, actor: Actor, remedy: str) -> tuple[str, dict[str, Any]]:
    """The same as an audience: its name, and a definition that finds them again."""
    given = request.POST.dict()
    if not request.POST.get("all"):
        ids = list(picked(request, actor).values_list("pk", flat=True))
        if not ids:
            raise Refusal(_("Nobody is chosen."), remedy)
        return NAME, definition_of(Wanted.read(given), ids)
    if is_look(given):
        asked = Asked.read(given, actor)
        return FILTER, definition_of_filter(asked.tree, actor, clock.now())
    return NAME, definition_of(Wanted.read(given), None)


def selected(audience: str, definition: dict[str, Any], actor: Actor) -> CustomerQuerySet:
    """Those of an audience whom this person may see."""
    found = audiences[audience].customers(definition)
    return customers_for(actor).on_the_list().filter(pk__in=found.order_by().values("pk"))


def meant_words(audience: str, definition: dict[str, Any]) -> str:
    return audiences[audience].words(definition)
