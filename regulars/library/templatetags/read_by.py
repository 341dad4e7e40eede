"""The panel that the library puts at the side of a customer's page."""

from typing import Any

from django import template

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.library.panel import panel_of

register = template.Library()


@register.inclusion_tag("library/_panel.html", takes_context=True)
def customer_reads(context: template.Context, customer: Customer, actor: Actor) -> dict[str, Any]:
    """What this customer had from us to read, and what would fit them."""
    return {**panel_of(customer, actor), "csrf_token": context.get("csrf_token")}
