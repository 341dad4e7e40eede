"""What is open to one customer, as their page shows it."""

from typing import Any

from regulars.core import clock
from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.offers.codes import spelled
from regulars.offers.models import Redemption
from regulars.offers.queries.offers import is_taker
from regulars.offers.queries.theirs import open_to
from regulars.offers.words import gives

MOST_OPEN, MOST_USED = 5, 5


def panel_of(customer: Customer, actor: Actor) -> dict[str, Any]:
    """What they may use just now, with their code to be read out; and what they used."""
    at = clock.now()
    used = Redemption.objects.standing().filter(customer=customer).select_related("offer")
    open_now = [
        {"offer": one.offer, "gives": gives(one.offer), "code": spelled(one.code)}
        for one in open_to(customer, at, most=MOST_OPEN)
    ]
    return {
        "customer": customer, "open": open_now, "may_take": is_taker(actor),
        "used": used.order_by("-used_at")[:MOST_USED],
    }  # fmt: skip
