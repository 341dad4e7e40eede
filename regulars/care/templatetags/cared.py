"""The panel that care puts at the side of a customer's page."""

from typing import Any

from django import template

from regulars.care.panel import panel_of
from regulars.care.queries.expectations import is_seer
from regulars.core.actor import Actor
from regulars.customers.models import Customer

register = template.Library()


@register.inclusion_tag("care/_panel.html", takes_context=True)
def customer_expects(context: template.Context, customer: Customer, actor: Actor) -> dict[str, Any]:
    """What matters to this customer now, in their own choice and words."""
    if not is_seer(actor):
        return {"is_hidden": True}
    return {**panel_of(customer, actor), "csrf_token": context.get("csrf_token")}
