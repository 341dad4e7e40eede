"""Touches, as the tests need them: written by the product's own action."""

from datetime import datetime
from typing import Any

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.actions import log_touch
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.models import Touch
from regulars.core.actor import SYSTEM, Actor
from regulars.customers.models import Customer


def make_touch(
    customer: Customer, happened_at: datetime, *, by: Actor = SYSTEM, **over: Any
) -> Touch:
    """A call to the customer in which we spoke."""
    described: dict[str, Any] = {
        "channel": Channel.CALL,
        "direction": Direction.OUT,
        "purpose": Purpose.SERVE,
        "outcome": Outcome.REACHED,
        "at": happened_at,
    }
    return log_touch(customer, happened_at=happened_at, by=by, **{**described, **over})
