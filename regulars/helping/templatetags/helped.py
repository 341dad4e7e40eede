"""The panel that helping puts at the side of a customer's page."""

from typing import Any

from django import template

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.helping.panel import panel_of
from regulars.helping.queries import is_seer

register = template.Library()


@register.inclusion_tag("helping/_panel.html", takes_context=True)
def customer_help(context: template.Context, customer: Customer, actor: Actor) -> dict[str, Any]:
    """What this customer asked us for, and what came of it."""
    if not is_seer(actor):
        return {"is_hidden": True}
    return {**panel_of(customer, actor), "csrf_token": context.get("csrf_token")}
