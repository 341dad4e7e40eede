"""Departures, as the tests need them: made by the product's own action."""

from datetime import datetime
from typing import Any

from regulars.core.actor import SYSTEM, Actor
from regulars.customers.models import Customer
from regulars.departures.actions.leaving import Why, note_departure
from regulars.departures.choices import Reason, SaidBy
from regulars.departures.models import Departure


def make_departure(
    customer: Customer, at: datetime, *, reason: Reason = Reason.PRICE, words: str = "",
    said_by: SaidBy = SaidBy.THEY, by: Actor = SYSTEM, **over: Any,
) -> Departure:  # fmt: skip
    return note_departure(customer, Why(reason, said_by, words=words), by=by, at=at, **over)
