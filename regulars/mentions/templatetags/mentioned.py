"""The panel that mentions put at the side of a customer's page."""

from typing import Any

from django import template

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.mentions.panel import panel_of
from regulars.mentions.queries import is_seer
from regulars.mentions.words import mark_words

register = template.Library()
register.filter("mark_words", mark_words)


@register.inclusion_tag("mentions/_panel.html")
def customer_mentions(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What this customer said about us in public; nothing where they said nothing."""
    return panel_of(customer) if is_seer(actor) else {"said": []}
