"""The panel that offers put at the side of a customer's page."""

from typing import Any

from django import template

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.offers.panel import panel_of
from regulars.offers.queries.offers import is_seer_of_who

register = template.Library()


@register.inclusion_tag("offers/_panel.html", takes_context=True)
def customer_offers(context: template.Context, customer: Customer, actor: Actor) -> dict[str, Any]:
    """What is open to this customer, and what they used."""
    if not is_seer_of_who(actor):
        return {"is_hidden": True}
    return {**panel_of(customer, actor), "csrf_token": context.get("csrf_token")}
