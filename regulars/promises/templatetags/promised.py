"""The panel that promises put at the side of a customer's page."""

from typing import Any

from django import template

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.promises.panel import panel_of
from regulars.promises.queries import PLEDGE, is_promiser, is_seer, public_pledge

register = template.Library()


@register.inclusion_tag("promises/_panel.html", takes_context=True)
def customer_promises(
    context: template.Context, customer: Customer, actor: Actor
) -> dict[str, Any]:
    """What we promised this customer, and what came of it."""
    if not is_seer(actor):
        return {"is_hidden": True}
    return {**panel_of(customer, actor), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("promises/_pledge_link.html")
def pledge_link() -> dict[str, Any]:
    """Where everybody reads how we treat customers, if that is public."""
    return {"pledge": public_pledge(), "address": PLEDGE}


@register.inclusion_tag("promises/_slot.html", takes_context=True)
def promise_slot(context: template.Context, name: str = "words") -> dict[str, Any]:
    """In a form in whose field `name` somebody writes to a customer: what that promises is offered
    there, to be kept in mind by one tick."""
    actor = context.get("actor")
    may = isinstance(actor, Actor) and is_promiser(actor) and is_seer(actor)
    return {"name": name, "may_promise": may}
