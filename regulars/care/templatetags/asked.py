"""What care puts at the side of a customer's page of the deliveries that we ask after."""

from typing import Any

from django import template

from regulars.care.panel import check_ins_panel_of
from regulars.core.actor import Actor
from regulars.customers.models import Customer

register = template.Library()


@register.inclusion_tag("care/_check_ins.html", takes_context=True)
def customer_check_ins(
    context: template.Context, customer: Customer, actor: Actor
) -> dict[str, Any]:
    """Which deliveries of this customer are asked about, how each stands, and why."""
    shown = check_ins_panel_of(customer, actor)
    return {**shown, "csrf_token": context.get("csrf_token")}
