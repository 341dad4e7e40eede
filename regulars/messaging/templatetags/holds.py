"""The panel that messaging puts at the side of a customer's page."""

from django import template

from regulars.core import clock
from regulars.customers.models import Customer
from regulars.messaging.forms.holds import HoldForm
from regulars.messaging.queries import holds_of

register = template.Library()


@register.inclusion_tag("messaging/holds/_panel.html", takes_context=True)
def customer_holds(
    context: template.Context, customer: Customer, *, may_hold: bool
) -> dict[str, object]:
    """What holds messages to a customer, and where they are held or let go."""
    return {
        "customer": customer, "form": HoldForm(), "holds": holds_of(customer, clock.now()),
        "may_hold": may_hold, "csrf_token": context.get("csrf_token"),
    }  # fmt: skip
