"""The panel that cases put at the side of a customer's page."""

from typing import Any

from django import template

from regulars.cases.panel import panel_of
from regulars.cases.queries import is_seer
from regulars.core.actor import Actor
from regulars.customers.models import Customer

register = template.Library()


@register.inclusion_tag("cases/_panel.html", takes_context=True)
def customer_cases(context: template.Context, customer: Customer, actor: Actor) -> dict[str, Any]:
    """What this customer waits for, and what was done for them before."""
    if not is_seer(actor):
        return {"is_hidden": True}
    return {**panel_of(customer, actor), "csrf_token": context.get("csrf_token")}
