"""Deliveries that nobody has been asked about: found by what is missing, so that none is lost."""

from array import array
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from regulars.care.models import AskingRules, CheckInOrder
from regulars.insight.models import CustomerFacts
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.team.models import Business

# What shops call an order that came back as a whole, or whose money did.
TAKEN_BACK = (
    "returned", "refunded", "return", "refund", "zurückgeschickt", "erstattet", "retourniert",
    "remboursé", "retourné", "devuelto", "reembolsado", "reso", "rimborsato", "återbetald",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arrival:
    """One order that is with its customer, and since which day."""

    order_id: int
    customer_id: int
    on: date
    is_late: bool
    is_guessed: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """The days whose deliveries are asked about, where the business is."""

    since: date
    today: date
    zone: ZoneInfo
    # The systems whose files say when something is promised or arrives; what others sell is handed
    # over as it is bought: across a counter, or as a file to download.
    telling: frozenset[str] = frozenset()

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)


def span_of(business: Business, rules: AskingRules, at: datetime) -> Span:
    """History starts nothing: what arrived before the business went live is left in peace."""
    since = max(business.live_since, rules.since_on or business.live_since)
    told = Order.objects.exclude(delivered_at=None, promised_on=None).order_by()
    telling = frozenset(told.values_list("source", flat=True).distinct())
    return Span(since, business.day_of(at), ZoneInfo(business.time_zone), telling)


def kept_by_them(of: str = "") -> Q:
    """Sold, and not taken back as a whole since: who has nothing of it is not asked how it is."""
    written = {form for one in TAKEN_BACK for form in (one, one.capitalize(), one.upper())}
    return Q(**{f"{of}kind": OrderKind.SALE}) & ~Q(**{f"{of}status__in": sorted(written)})


def arrived_unasked(span: Span) -> QuerySet[Order]:
    """Orders of people on the list that arrived in these days and stand in no check-in.

    Counter sales have no customer, or one who is no person (“cash sale”): nobody could be asked.
    """
    nobody = CustomerFacts.objects.filter(customer=OuterRef("customer"), crowd_sales__gt=0)
    delivered = Q(
        delivered_at__gte=span.midnight(span.since),
        delivered_at__lt=span.midnight(span.today + timedelta(days=1)),
    )
    handed_over = Q(delivered_at=None, placed_on__gte=span.since, placed_on__lte=span.today)
    return Order.objects.filter(
        delivered | handed_over & ~Q(source__in=span.telling),
        ~Exists(CheckInOrder.objects.filter(order=OuterRef("pk"))),
        ~Exists(nobody),
        kept_by_them(),
        customer__archived_at=None,
        customer__isnull=False,
    )


def unasked_ids(span: Span) -> "array[int]":
    """The numbers of those orders, customer by customer; a million of them are eight megabytes."""
    rows = arrived_unasked(span).order_by("customer_id", "pk").values_list("pk", flat=True)
    return array("q", rows.iterator(chunk_size=10_000))


def arrivals_among(order_ids: Collection[int], span: Span) -> list[Arrival]:
    """What arrived of these orders and is still asked about by nobody, the oldest first."""
    rows = arrived_unasked(span).filter(pk__in=order_ids)
    columns = rows.values_list("pk", "customer_id", "delivered_at", "promised_on", "placed_on")
    found = []
    for pk, customer_id, delivered, promised, placed_on in columns:
        if customer_id is not None:
            on = span.day_of(delivered) if delivered else placed_on
            is_late = promised is not None and on > promised
            found.append(Arrival(pk, customer_id, on, is_late, is_guessed=delivered is None))
    return sorted(found, key=lambda one: (one.on, one.order_id))
