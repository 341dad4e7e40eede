"""Help requests, as the tests need them: made by the product's own action."""

from datetime import datetime
from typing import Any

from regulars.core.actor import SYSTEM, Actor
from regulars.customers.models import Customer
from regulars.helping.actions import note_request
from regulars.helping.models import HelpRequest


def make_request(
    customer: Customer, at: datetime, *, topic: str = "Choosing what fits", by: Actor = SYSTEM,
    **over: Any,
) -> HelpRequest:  # fmt: skip
    return note_request(customer, topic=topic, by=by, at=at, **over)
