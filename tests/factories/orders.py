"""Orders, as the tests need them."""

from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from regulars.customers.models import Customer
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order, OrderLine

_numbers = count(1)


def make_order(customer: Customer | None, on: date, total_minor: int = 1840, **over: Any) -> Order:
    """One sale at noon of a day."""
    described: dict[str, Any] = {
        "source": "till",
        "external_id": f"T{next(_numbers):06}",
        "kind": OrderKind.SALE,
        "placed_at": datetime.combine(on, time(12), tzinfo=UTC),
        "placed_on": on,
        "currency": "GBP",
    }
    return Order.objects.create(customer=customer, total_minor=total_minor, **{**described, **over})


def make_line(order: Order, description: str = "Seeded rye", total_minor: int = 460) -> OrderLine:
    return OrderLine.objects.create(
        order=order,
        line_no=order.lines.count() + 1,
        description=description,
        total_minor=total_minor,
    )
