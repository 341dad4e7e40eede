"""Messages at the gate, as the tests need them: rows as the sender finds them."""

from datetime import datetime, timedelta
from typing import Any

from regulars.consent.choices import Channel, Purpose
from regulars.customers.models import Customer
from regulars.messaging.models import Message, TemplateVersion


def make_version(at: datetime, purpose: str = Purpose.EDUCATE, **over: Any) -> TemplateVersion:
    return TemplateVersion.objects.create(
        purpose=purpose, subject="How we roast", body="", html="", text="", sha256="",
        created_at=at, **over,
    )  # fmt: skip


def make_message(customer: Customer | None, at: datetime, **over: Any) -> Message:
    """A message that teaches, by e-mail, due now, to the address that the customer has."""
    point = customer.contact_points.filter(kind="email").first() if customer else None
    described: dict[str, Any] = {
        "channel": Channel.EMAIL, "purpose": Purpose.EDUCATE, "occasion": "mailing:1",
        "address": point.normal if point else "", "seal": point.seal if point else "",
        "not_before": at, "expires_at": at + timedelta(days=1), "created_at": at, "state_at": at,
        **over,
    }  # fmt: skip
    if "version" not in described:
        described["version"] = make_version(at, described["purpose"])
    return Message.objects.create(customer=customer, **described)
