"""The panel that bulletins put at the side of a customer's page: what they asked."""

from typing import Any

from django import template

from regulars.bulletins.models import Bulletin
from regulars.bulletins.queries import is_noter
from regulars.core.actor import Actor
from regulars.customers.models import Customer

register = template.Library()
SHOWN = 3


@register.inclusion_tag("bulletins/_panel.html", takes_context=True)
def customer_asked(context: template.Context, customer: Customer, actor: Actor) -> dict[str, Any]:
    """Where to note what this customer asks, as long as a bulletin is open."""
    shown = list(Bulletin.objects.shown().open().order_by("-id")[:SHOWN]) if is_noter(actor) else []
    return {"bulletins": shown, "customer": customer, "csrf_token": context.get("csrf_token")}
