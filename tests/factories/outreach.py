"""Campaigns and those they mean, as the tests need them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from regulars.core.actor import SYSTEM
from regulars.customers.choices import PointKind
from regulars.customers.models import Customer
from regulars.lists.models import Segment, SegmentMember
from regulars.messaging.models import Standing
from regulars.outreach.actions.planning import CampaignDraft, write_campaign
from regulars.outreach.choices import CampaignKind, Means
from regulars.outreach.models import Campaign
from tests.factories.consent import make_decision
from tests.factories.customers import make_customer, make_point
from tests.factories.planning import make_facts

BODY = "{{ greeting }}\n\nSoup is back.\n\n{{ signature }}"


def make_reachable(name: str, *, stake_minor: int = 10_000, phone: bool = True, **over: Any
) -> Customer:  # fmt: skip
    """Somebody who may be written to and called, for anything."""
    customer = make_customer(name, **over)
    make_facts(customer, stake_minor=stake_minor)
    make_point(customer, PointKind.EMAIL, f"c{customer.pk}@mail.example")
    if phone:
        make_point(customer, PointKind.PHONE, f"+4420794600{customer.pk % 100:02}")
    for channel in ("email", "call"):
        for purpose in ("sell", "ask"):
            make_decision(customer, channel, purpose=purpose)
    Standing.objects.create(customer=customer, balance=9)
    return customer


def make_segment(at: datetime, customers: Sequence[Customer], name: str = "Soup lovers") -> Segment:
    segment = Segment.objects.create(
        name=name, created_at=at, changed_at=at, refreshed_at=at, member_count=len(customers)
    )
    SegmentMember.objects.bulk_create(
        SegmentMember(segment=segment, customer=one, entered_at=at) for one in customers
    )
    return segment


def a_campaign(at: datetime, segment: Segment, **over: Any) -> CampaignDraft:
    return CampaignDraft(**{
        "name": "Soup is back", "kind": CampaignKind.MESSAGE, "means": Means.MESSAGE,
        "segment": segment, "subject": "Soup is back", "body": BODY, "most_calls": 2,
        "calls_until": at.date() + timedelta(days=10), "to_say": "Soup is back.\nAsk how they are.",
        **over,
    })  # fmt: skip


def make_campaign(at: datetime, segment: Segment, **over: Any) -> Campaign:
    return write_campaign(a_campaign(at, segment, **over), by=SYSTEM, at=at)
