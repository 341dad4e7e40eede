"""The panel that departures puts at the side of a customer's page."""

from typing import Any

from django import template

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.departures.panel import panel_of
from regulars.departures.queries.leaving import is_seer

register = template.Library()


@register.inclusion_tag("departures/_panel.html", takes_context=True)
def customer_left(context: template.Context, customer: Customer, actor: Actor) -> dict[str, Any]:
    """Whether this customer left, and why."""
    if not is_seer(actor):
        return {"is_hidden": True}
    return {**panel_of(customer, actor), "csrf_token": context.get("csrf_token")}
