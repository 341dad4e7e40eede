"""The way from a customer's page to what they pay."""

from typing import Any

from django import template

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.prices.queries.prices import is_seer_of_who

register = template.Library()


@register.inclusion_tag("prices/_way.html")
def customer_pays(customer: Customer, actor: Actor) -> dict[str, Any]:
    return {"customer": customer, "is_hidden": not is_seer_of_who(actor)}
