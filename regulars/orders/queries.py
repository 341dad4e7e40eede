"""What customers bought, for reading."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Greatest

from regulars.core.actor import Actor
from regulars.core.money import Money
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for
from regulars.orders.choices import OrderKind
from regulars.orders.errors import CreditNotFound, SellerNotFound
from regulars.orders.models import CreditEntry, Order, OrderLine, Seller
from regulars.orders.rules import may_name_sellers, may_see_credit, may_spend

LINES_SHOWN = 3


def purchase_days(customer_ids: Collection[int], since: date) -> dict[int, list[date]]:
    """On which days each of these customers bought, oldest first; one query for all of them."""
    bought = Order.objects.filter(
        customer_id__in=customer_ids, kind=OrderKind.SALE, placed_on__gte=since
    )
    days: dict[int, list[date]] = defaultdict(list)
    rows = bought.order_by("customer_id", "placed_on").values_list("customer_id", "placed_on")
    for customer_id, day in rows.distinct():
        days[customer_id].append(day)
    return days


def last_purchases() -> "QuerySet[Order, tuple[int, date]]":
    """Who bought, and on which day last, as a set for other statements."""
    sales = Order.objects.filter(kind=OrderKind.SALE).exclude(customer__isnull=True).order_by()
    return (
        sales.values("customer_id")
        .annotate(last_on=Max("placed_on"))
        .values_list("customer_id", "last_on")
    )


def orders_of(customer: Customer) -> QuerySet[Order]:
    """Everything on a customer's account: sales, cancellations, adjustments."""
    return Order.objects.filter(customer=customer)


def with_first_lines(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Adds `lines_shown`, the first of each order, and `more_lines`, how many follow."""
    first = OrderLine.objects.order_by("line_no")[:LINES_SHOWN]
    more = Greatest(F("line_count") - LINES_SHOWN, 0, output_field=IntegerField())
    return (
        orders.select_related("seller__member")
        .annotate(more_lines=more)
        .prefetch_related(Prefetch("lines", first, to_attr="lines_shown"))
    )


@dataclass(frozen=True, slots=True)
class YearOfOrders:
    """Twelve months of one customer: net spend in minor units, days with a sale."""

    spend_minor: int
    purchase_days: int
    last_on: date | None

    @property
    def basket_minor(self) -> int | None:
        return round(self.spend_minor / self.purchase_days) if self.purchase_days else None


def year_of(customer: Customer, today: date, currency: str) -> YearOfOrders:
    """What a customer bought in the 365 days to today, in the currency of the business."""
    year = orders_of(customer).filter(
        placed_on__gt=today - timedelta(days=365), placed_on__lte=today, currency=currency
    )
    sums = year.aggregate(
        spend=Sum("total_minor"),
        days=Count("placed_on", distinct=True, filter=Q(kind=OrderKind.SALE)),
        last=Max("placed_on", filter=Q(kind=OrderKind.SALE)),
    )
    return YearOfOrders(sums["spend"] or 0, sums["days"], sums["last"])


def credit_of(customer: Customer, currency: str) -> Money:
    """How much store credit a customer has: the sum of all that was granted, spent, taken back."""
    rows = CreditEntry.objects.filter(customer=customer, currency=currency)
    return Money(rows.aggregate(sum=Sum("minor"))["sum"] or 0, currency)


def credit_entries(customer: Customer) -> QuerySet[CreditEntry]:
    """Each movement of it, the newest first."""
    rows = CreditEntry.objects.filter(customer=customer).select_related("member", "order")
    return rows.order_by("-id")


def credit_entry_for(actor: Actor, entry_id: int) -> CreditEntry:
    """One movement, if its customer is one whom this person may see."""
    theirs = Exists(customers_for(actor).filter(pk=OuterRef("customer")))
    rows = CreditEntry.objects.select_related("customer", "order")
    found = rows.filter(theirs, pk=entry_id).first()
    if found is None:
        raise CreditNotFound
    return found


def returned_of(entries: Collection[CreditEntry]) -> set[str]:
    """The occasions of those that were given back already."""
    sources = [f"{one.source}:back" for one in entries]
    found = CreditEntry.objects.filter(source__in=sources).values_list("source", flat=True)
    return {source.removesuffix(":back") for source in found}


def last_orders(customer: Customer, most: int) -> QuerySet[Order]:
    """The last things somebody bought, towards which store credit can be spent."""
    return orders_of(customer).filter(kind=OrderKind.SALE).order_by("-placed_on", "-pk")[:most]


def known_sellers() -> QuerySet[Seller]:
    """Everybody who is named as having sold something, with whom of the team they are."""
    return Seller.objects.select_related("member")


def sellers_with_last_sale() -> QuerySet[Seller]:
    """Those of whom nobody said who they are first, then whoever sold last: `last_on`."""
    theirs = Order.objects.filter(seller=OuterRef("pk")).order_by("-placed_on")
    last = Subquery(theirs.values("placed_on")[:1])
    rows = known_sellers().annotate(last_on=last)
    unknown = Q(member=None, is_told=False)
    return rows.order_by(Case(When(unknown, then=0), default=1), F("last_on").desc(nulls_last=True))


def regions_of_sellers() -> list[tuple[str, int]]:
    """Where those who sell do so, and how many in each; the fullest first."""
    named = Seller.objects.exclude(region="").order_by().values("region")
    rows = named.annotate(count=Count("pk")).order_by("-count", "region")
    return [(row["region"], row["count"]) for row in rows]


def seller_of(seller_id: int) -> Seller:
    """One of them, or a Refusal."""
    found = known_sellers().filter(pk=seller_id).first()
    if found is None:
        raise SellerNotFound
    return found


def is_namer_of_sellers(actor: Actor) -> bool:
    return may_name_sellers(actor)


def is_seer_of_credit(actor: Actor) -> bool:
    return may_see_credit(actor)


def is_spender(actor: Actor) -> bool:
    return may_spend(actor)
