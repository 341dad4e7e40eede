"""How often, in words; and the panel on a customer's page."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.insight.choices import Tier
from regulars.planning.models import Cadence
from regulars.planning.panel import own_words, panel_of
from regulars.planning.queries import tier_of
from regulars.planning.words import months_words

register = template.Library()


@register.filter
def tier_words(tier: str) -> str:
    return str(Tier(tier).label)


@register.filter
def how_often(one: Cadence) -> str:
    return own_words(one)


@register.filter
def when_held(one: Cadence) -> str:
    """In which months, or all the year."""
    return months_words(one.month_numbers) or _("all the year")


@register.inclusion_tag("planning/_often.html", takes_context=True)
def customer_often(context: template.Context, customer: Customer, actor: Actor) -> dict[str, Any]:
    """How often this customer should hear from us, and whose word that is."""
    shown = panel_of(customer, tier_of(customer), actor)
    return {**shown, "csrf_token": context.get("csrf_token")}
