"""What is open to one customer, as their page shows it."""

from typing import Any

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.offers.codes import spelled
from regulars.offers.models import Offer, Redemption
from regulars.offers.queries.codes import codes_said
from regulars.offers.queries.offers import is_taker
from regulars.offers.words import gives

MOST_OPEN, MOST_USED = 5, 5


def panel_of(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What they may use just now, with their code to be read out; and what they used."""
    at = clock.now()
    offers = Offer.objects.visible_to(customer, at).order_by("-pk")[:MOST_OPEN]
    used = Redemption.objects.standing().filter(customer=customer).select_related("offer")
    open_now = []
    for one in offers:
        code = codes_said(one.pk, [customer.pk], at).get(customer.pk, "")
        open_now.append({"offer": one, "gives": gives(one), "code": spelled(code) if code else ""})
    return {
        "customer": customer, "open": open_now, "may_take": is_taker(actor),
        "used": used.order_by("-used_at")[:MOST_USED],
    }  # fmt: skip
