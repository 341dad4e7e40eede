"""The panel that promises put at the side of a customer's page."""

from typing import Any

from django import template

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.promises.panel import panel_of
from regulars.promises.queries import is_seer

register = template.Library()


@register.inclusion_tag("promises/_panel.html", takes_context=True)
def customer_promises(
    context: template.Context, customer: Customer, actor: Actor
) -> dict[str, Any]:
    """What we promised this customer, and what came of it."""
    if not is_seer(actor):
        return {"is_hidden": True}
    return {**panel_of(customer, actor), "csrf_token": context.get("csrf_token")}
