"""Facts, clocks and lists, as the tests of the plan need them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from regulars.conversations.models import Clock
from regulars.core.actor import COMMAND
from regulars.customers.models import Customer
from regulars.insight.models import CustomerFacts, TierOverride
from regulars.planning.actions import make_plans
from regulars.planning.models import FirstTouch, Plan, PlanItem
from regulars.team.models import Member
from tests.factories.customers import make_customer

TODAY = date(2026, 11, 24)
MORNING = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def make_facts(customer: Customer, **over: Any) -> CustomerFacts:
    """What was counted: by default a regular of some worth who is not late."""
    described: dict[str, Any] = {
        "purchase_count": 12,
        "first_on": date(2024, 5, 3),
        "last_on": date(2026, 11, 18),
        "spend_minor": 60_000,
        "year_spend_minor": 30_000,
        "usual_gap_days": 14.0,
        "gap_spread": 0.5,
        "due_on": date(2026, 12, 2),
        "slipping_on": date(2026, 12, 20),
        "lapsed_on": date(2027, 1, 20),
        "lost_on": date(2027, 6, 1),
        "stake_minor": 30_000,
        "tier": "active",
    }
    return CustomerFacts.objects.create(customer=customer, **{**described, **over})


def make_override(customer: Customer, tier: str) -> TierOverride:
    return TierOverride.objects.create(
        customer=customer, tier=tier, reason="we say so", set_at=MORNING
    )


def touched(customer: Customer, days_ago: int, channel: str = "call") -> Clock:
    """A clock that stopped so many days ago, at ten in the morning."""
    at = datetime(2026, 11, 24, 10, 0, tzinfo=UTC) - timedelta(days=days_ago)
    return Clock.objects.create(customer=customer, last_touch_at=at, last_channel=channel)


def first_touch(customer: Customer, due_on: date = TODAY) -> FirstTouch:
    return FirstTouch.objects.create(customer=customer, due_on=due_on)


def make_due(
    name: str = "Ruth Calloway",
    *,
    manager: Member | None,
    stake: int = 30_000,
    tier: str = "active",
    phone: str | None = "020 7946 0991",
    **over: Any,
) -> Customer:
    """Someone whose first touch is due today."""
    customer = make_customer(name, manager=manager, phone=phone, **over)
    make_facts(customer, stake_minor=stake, tier=tier)
    first_touch(customer)
    return customer


def plan_today(**over: Any) -> None:
    make_plans(**{"day": TODAY, "by": COMMAND, "at": MORNING, **over})


def plan_of(member: Member) -> Plan:
    return Plan.objects.get(member=member, day=TODAY)


def items_of(member: Member, state: str = "open") -> list[PlanItem]:
    items = PlanItem.objects.filter(plan__member=member, plan__day=TODAY, state=state)
    return list(items.select_related("customer", "plan"))


def names_of(member: Member, state: str = "open") -> list[str]:
    return [item.customer.name for item in items_of(member, state)]
