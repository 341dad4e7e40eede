"""What has to be known before a contact, on every page from which somebody writes or calls."""

from typing import Any

from django import template

from regulars.core.actor import Actor
from regulars.core.before_contact import known_before

register = template.Library()


@register.inclusion_tag("core/_before_contact.html")
def before_contact(customer: Any, actor: Actor) -> dict[str, Any]:
    """The lines that rooms have for this customer; nothing where there is none."""
    return {"known": known_before(customer, actor)}
