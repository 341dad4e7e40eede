"""The panel that orders put at the side of a customer's page: their store credit."""

from typing import Any

from django import template

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.orders.panel import panel_of
from regulars.orders.queries import is_seer_of_credit

register = template.Library()


@register.inclusion_tag("orders/_credit.html", takes_context=True)
def customer_credit(context: template.Context, customer: Customer, actor: Actor) -> dict[str, Any]:
    """What this customer has with us, and each movement of it."""
    if not is_seer_of_credit(actor):
        return {"is_hidden": True}
    return {**panel_of(customer, actor), "csrf_token": context.get("csrf_token")}
