"""Decisions about being written to, as the tests need them."""

from datetime import UTC, datetime

from regulars.consent.actions import record_decision
from regulars.consent.choices import Decision
from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer

A_DAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def make_decision(
    customer: Customer,
    channel: str = "email",
    decision: Decision = Decision.GRANTED,
    *,
    purpose: str = "",
    at: datetime = A_DAY,
) -> None:
    """A decision with its words and its proof."""
    record_decision(
        [customer.pk], channel, decision, source="card at the counter", happened_at=at,
        wording="You may write to me.", proof="card 12", purpose=purpose, by=SYSTEM, at=at,
    )  # fmt: skip
