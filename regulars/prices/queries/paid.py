"""What each customer paid, beside what everybody pays."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order, OrderLine
from regulars.prices.choices import PriceKind
from regulars.prices.models import Price
from regulars.prices.queries.looking import look_back

MOST = 100


@dataclass(frozen=True, slots=True)
class Paid:
    """One product as a customer paid for it: what one cost at last, how many, what others pay."""

    product: str
    name: str
    unit: Money
    quantity: Decimal
    last_on: date
    public: Price | None
    quote: Price | None

    @property
    def is_more(self) -> bool:
        """Whether the last price of one is above what everybody pays now."""
        if self.public is None or self.unit.currency != self.public.currency:
            return False
        return self.unit.minor * 1000 > self.public.compare_milli


def paid_by(customer: Customer, today: date) -> list[Paid]:
    """What one customer paid for each product, the last price of one, the newest first."""
    since = today - timedelta(days=look_back().days)
    orders = Order.objects.filter(
        customer=customer, kind=OrderKind.SALE, placed_on__gte=since, placed_on__lte=today
    )
    lines = OrderLine.objects.filter(order__in=orders, quantity__gt=0, total_minor__gt=0)
    rows = lines.order_by("-order__placed_at", "-pk").values_list(
        "sku", "description", "quantity", "total_minor", "order__currency", "order__placed_on"
    )
    latest: dict[tuple[str, str], tuple[str, Money, date]] = {}
    many: dict[tuple[str, str], Decimal] = {}
    for sku, words, quantity, total, currency, day in rows[:2000]:
        key = (sku or words[:100], currency)
        unit = Money(int(Decimal(total) / quantity), currency)
        latest.setdefault(key, (words or sku, unit, day))
        many[key] = many.get(key, Decimal(0)) + quantity
    public = public_prices({product for product, _currency in latest}, today)
    own = _quotes_of(customer, today)
    return [
        Paid(product, name, unit, many[product, currency], day, public.get((product, currency)),
             own.get((product, currency)))
        for (product, currency), (name, unit, day) in list(latest.items())[:MOST]
    ]  # fmt: skip


def public_prices(products: Collection[str], today: date) -> dict[tuple[str, str], Price]:
    """What everybody pays for one of each product on a day: the last that began."""
    rows = Price.objects.open_on(today).filter(
        product__in=products, kind=PriceKind.LIST, from_quantity__lte=1
    )
    return {(one.product, one.currency): one for one in rows.order_by("opens_on", "pk")}


def _quotes_of(customer: Customer, today: date) -> dict[tuple[str, str], Price]:
    rows = Price.objects.open_on(today).filter(customer=customer, kind=PriceKind.QUOTE)
    return {(one.product, one.currency): one for one in rows.order_by("opens_on", "pk")}
