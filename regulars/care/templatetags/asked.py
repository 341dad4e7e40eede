"""What care puts at the side of a customer's page of the deliveries that we ask after."""

from typing import Any

from django import template

from regulars.care.queries.check_ins import check_ins_of, is_seer_of_check_ins
from regulars.care.way_words import told
from regulars.core import clock
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.team.queries import the_business

register = template.Library()
SHOWN = 3


@register.inclusion_tag("care/_check_ins.html")
def customer_check_ins(customer: Customer, actor: Actor) -> dict[str, Any]:
    """Which deliveries of this customer are asked about, how each stands, and why."""
    business = the_business()
    if business is None or not is_seer_of_check_ins(actor):
        return {"is_hidden": True}
    today = business.day_of(clock.now())
    return {"rows": [told(one, today) for one in check_ins_of(customer)[:SHOWN]]}
