"""The panels that conversations put on other rooms' pages."""

from django import template

from regulars.conversations.forms import TouchForm
from regulars.conversations.timeline import Place, newest
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.customers.models import Customer

register = template.Library()


@register.inclusion_tag("conversations/_composer.html", takes_context=True)
def touch_composer(context: template.Context, customer: Customer) -> dict[str, object]:
    """Where a touch with a customer is written down."""
    form = TouchForm(now=clock.now())
    known = {name: context.get(name) for name in ("csrf_token", "actor")}
    return {"customer": customer, "form": form, **known}


@register.inclusion_tag("conversations/_timeline.html")
def touch_timeline(customer: Customer, actor: Actor, below: str = "") -> dict[str, object]:
    """The ledger of a customer, newest first, or from a place on that an address names."""
    return newest(customer, actor, Place.read(below) if below else None)
