"""Prices, and what customers paid, as the tests need them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from regulars.core.actor import SYSTEM
from regulars.customers.models import Customer
from regulars.orders.models import Order, OrderLine
from regulars.prices.actions.checking import check_prices
from regulars.prices.actions.planning import PriceDraft, plan_price
from regulars.prices.choices import PriceKind
from regulars.prices.models import Concern, Price
from tests.factories.orders import make_order

RYE = "R1"


def a_price(at: datetime, amount_minor: int = 400, **over: Any) -> PriceDraft:
    """The rye from next week on."""
    return PriceDraft(**{
        "product": RYE, "name": "Seeded rye", "kind": PriceKind.LIST, "currency": "GBP",
        "amount_minor": amount_minor, "opens_on": at.date() + timedelta(days=7), **over,
    })  # fmt: skip


def make_price(at: datetime, amount_minor: int = 400, *, is_checked: bool = True, **over: Any
) -> Price:  # fmt: skip
    """Planned, and compared with what customers paid."""
    price = plan_price(a_price(at, amount_minor, **over), by=SYSTEM, at=at)
    if is_checked:
        check_prices([price.pk], at=at)
        price.refresh_from_db()
    return price


def bought(
    customer: Customer | None, on: date, total_minor: int, *, quantity: str = "1", sku: str = RYE,
    words: str = "Seeded rye", returned: str | None = None, order: Order | None = None,
    **over: Any,
) -> Order:  # fmt: skip
    """One line of an order, or one more of that order."""
    order = order or make_order(customer, on, total_minor, **over)
    OrderLine.objects.create(
        order=order, line_no=order.lines.count() + 1, sku=sku, description=words,
        quantity=Decimal(quantity), total_minor=total_minor,
        returned_quantity=None if returned is None else Decimal(returned),
    )  # fmt: skip
    return order


def found(price: Price) -> dict[str, int]:
    """Who is concerned, and by how much."""
    rows = Concern.objects.unsettled().filter(price=price)
    return dict(rows.values_list("customer__name", "due_minor"))
