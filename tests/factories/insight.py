"""What insight counts from, as the tests need it."""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.db.models import Max

from regulars.core.actor import SYSTEM
from regulars.customers.choices import Kind
from regulars.customers.models import Customer
from regulars.insight.actions import refresh_facts
from regulars.insight.models import CustomerFacts, Refresh
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.team.models import Business, Closure

A_MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = A_MORNING.date()
# What counts here: `./dev long engines` runs these tests on each.
THE_ENGINE = settings.INSIGHT_ENGINE.partition(":")[0]


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def make_buyer(
    *gaps: int, last: date = TODAY, spend: int = 1000, kind: str = Kind.PERSON, name: str = "Ruth"
) -> Customer:
    """Someone whose purchases lie so many days apart, the last of them on a day."""
    customer = Customer.objects.create(
        kind=kind, name=name, sort_name=name.casefold(), created_at=A_MORNING, updated_at=A_MORNING
    )
    day = last
    days = [last]
    for gap in reversed(gaps):
        day -= timedelta(days=gap)
        days.append(day)
    add_orders(customer, *reversed(days), spend=spend)
    return customer


def make_stranger(kind: str = Kind.PERSON, name: str = "Nobody yet") -> Customer:
    """Someone on the list who never bought."""
    return Customer.objects.create(
        kind=kind, name=name, sort_name=name.casefold(), created_at=A_MORNING, updated_at=A_MORNING
    )


def add_orders(
    customer: Customer, *days: date, spend: int = 1000, kind: str = OrderKind.SALE,
    currency: str = "GBP",
) -> None:  # fmt: skip
    so_far = Order.objects.aggregate(highest=Max("pk"))["highest"] or 0
    Order.objects.bulk_create(
        Order(
            customer=customer,
            source="test",
            external_id=str(so_far + place),
            kind=kind,
            placed_at=datetime(day.year, day.month, day.day, 10, tzinfo=UTC),
            placed_on=day,
            total_minor=spend,
            currency=currency,
        )
        for place, day in enumerate(days)
    )


def close_between(business: Business, starts_on: date, ends_on: date) -> Closure:
    return Closure.objects.create(business=business, starts_on=starts_on, ends_on=ends_on)


def refreshed(
    as_of: date | None = None, at: datetime = A_MORNING, *, full: bool | None = True
) -> Refresh:
    return refresh_facts(as_of=as_of, by=SYSTEM, at=at, full=full)


def facts(customer: Customer) -> CustomerFacts:
    return CustomerFacts.objects.get(customer=customer)
