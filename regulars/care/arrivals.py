"""Deliveries that nobody has been asked about: found by what is missing, so that none is lost."""

from array import array
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import ngettext

from regulars.care.choices import DelayWhy
from regulars.care.models import AskingRules, CheckInOrder
from regulars.care.queries.check_ins import the_rules
from regulars.care.queries.delays import Expected, expected_of
from regulars.core.column_sets import Terms
from regulars.core.import_ticks import Reach
from regulars.insight.models import CustomerFacts
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order, OrderLine, StagedOrder
from regulars.team.models import Business
from regulars.team.queries import the_business

# What shops call an order that came back as a whole, or whose money did.
TAKEN_BACK = (
    "returned", "refunded", "return", "refund", "zurückgeschickt", "erstattet", "retourniert",
    "remboursé", "retourné", "devuelto", "reembolsado", "reso", "rimborsato", "återbetald",
)  # fmt: skip

# What they call one that is not on its way yet.
NOT_SENT = (
    "pending", "processing", "on hold", "on-hold", "unfulfilled", "unshipped", "awaiting shipment",
    "open", "offen", "in bearbeitung", "en cours", "pendiente", "in lavorazione", "in behandeling",
)  # fmt: skip
# Which systems tell when something arrives shows within this time; and whether a way of theirs
# is one of which they never do.
TELLS_WITHIN, TELLS_AFTER = timedelta(days=400), timedelta(days=30)
# For the rest of an order that came in part we wait so long, from the first part on: whoever is
# asked earlier tells us that half of it is missing, and whoever is asked never tells us nothing.
WAITS_FOR_REST = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One order that is with its customer, and since which day; `guess`: how we know, if no file
    says so.
    """

    order_id: int
    customer_id: int
    on: date
    is_late: bool
    guess: str = ""
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """The days whose deliveries are asked about, where the business is."""

    since: date
    today: date
    zone: ZoneInfo
    # The systems whose files say when something arrives: what has no such day there, did not.
    telling: frozenset[str] = frozenset()
    # Ways of theirs of which they never say it, such as letters without a number to follow.
    silent: frozenset[tuple[str, str]] = frozenset()

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)


def span_of(business: Business, rules: AskingRules, at: datetime) -> Span:
    """History starts nothing: what arrived before the business went live is left in peace."""
    since = max(business.live_since, rules.since_on or business.live_since)
    told = Order.objects.filter(delivered_at__gte=at - TELLS_WITHIN).order_by()
    pairs = frozenset(told.values_list("source", "delivery_way").distinct())
    telling = frozenset(source for source, _way in pairs)
    today = business.day_of(at)
    ways = Order.objects.exclude(delivery_way="").filter(
        source__in=telling, placed_on__gte=today - TELLS_WITHIN,
        placed_on__lte=today - TELLS_AFTER,
    )  # fmt: skip
    known = frozenset(ways.order_by().values_list("source", "delivery_way").distinct())
    return Span(since, today, ZoneInfo(business.time_zone), telling, known - pairs)


def kept_by_them(of: str = "") -> Q:
    """Sold, and not taken back as a whole since: who has nothing of it is not asked how it is."""
    return Q(**{f"{of}kind": OrderKind.SALE}) & ~Q(**{f"{of}status__in": _written(TAKEN_BACK)})


def _written(words: Collection[str]) -> list[str]:
    """As shops write such words."""
    return sorted({form for one in words for form in (one, one.capitalize(), one.upper())})


def arrived_unasked(span: Span, *, is_quiet: bool = False) -> QuerySet[Order]:
    """Orders of people on the list that arrived in these days and stand in no check-in; or
    (`is_quiet`) those that a file brought in without that anybody should be asked.

    Counter sales have no customer, or one who is no person (“cash sale”): nobody could be asked.
    """
    nobody = CustomerFacts.objects.filter(customer=OuterRef("customer"), crowd_sales__gt=0)
    delivered = Q(
        delivered_at__gte=span.midnight(span.since),
        delivered_at__lt=span.midnight(span.today + timedelta(days=1)),
    )
    silent = ~Q(source__in=span.telling)
    for source, way in sorted(span.silent):
        silent |= Q(source=source, delivery_way=way)
    sent = Q(delivered_at=None, placed_on__gte=span.since, placed_on__lte=span.today)
    parts = Exists(OrderLine.objects.filter(order=OuterRef("pk"), delivered_at__isnull=False))
    return Order.objects.filter(
        delivered | sent & (parts | silent & ~Q(status__in=_written(NOT_SENT))),
        ~Exists(CheckInOrder.objects.filter(order=OuterRef("pk"))),
        ~Exists(nobody),
        kept_by_them(),
        is_quiet=is_quiet,
        customer__archived_at=None,
        customer__isnull=False,
    )


def unasked_ids(span: Span) -> "array[int]":
    """The numbers of those orders, customer by customer; a million of them are eight megabytes."""
    rows = arrived_unasked(span).order_by("customer_id", "pk").values_list("pk", flat=True)
    return array("q", rows.iterator(chunk_size=10_000))


def arrivals_among(order_ids: Collection[int], span: Span) -> list[Arrival]:
    """What arrived of these orders and is still asked about by nobody, the oldest first.

    Where no file says when, it takes as long as such deliveries took; nobody calls that late.
    """
    rows = list(arrived_unasked(span).filter(pk__in=order_ids).only(
        "customer_id", "delivered_at", "promised_on", "placed_on", "delivery_way"
    ))  # fmt: skip
    parts = _parts_of([one.pk for one in rows])
    unsaid = [one for one in rows if one.delivered_at is None and one.pk not in parts]
    taking = expected_of({one.pk: one.delivery_way for one in unsaid})
    found = [
        _in_parts(one, parts[one.pk], span) if one.pk in parts
        else _arrival(one, taking.get(one.pk), span)
        for one in rows
    ]  # fmt: skip
    here = [one for one in found if one is not None and one.on <= span.today]
    return sorted(here, key=lambda one: (one.on, one.order_id))


def _parts_of(order_ids: Collection[int]) -> dict[int, list[datetime | None]]:
    """Of orders whose goods tell when they came: when each did; what went back need not come."""
    told = OrderLine.objects.filter(order__in=order_ids, quantity__gt=0)
    back = Q(delivered_at=None, returned_quantity__gte=F("quantity"))
    parts: dict[int, list[datetime | None]] = defaultdict(list)
    for order_id, came in told.exclude(back).values_list("order_id", "delivered_at"):
        parts[order_id].append(came)
    return {pk: moments for pk, moments in parts.items() if any(moments)}


def _in_parts(order: Order, moments: list[datetime | None], span: Span) -> Arrival | None:
    """An order is with them when the last of it is; for the rest we wait, and not for ever."""
    days = sorted(span.day_of(one) for one in moments if one is not None)
    came = [day for day in days if day <= span.today]
    is_whole = len(came) == len(moments)
    if not came or (not is_whole and came[0] + WAITS_FOR_REST > span.today):
        return None
    promised = order.promised_on
    last = came[-1] if is_whole else span.today
    is_late = promised is not None and last > promised
    return Arrival(order.pk, order.customer_id or 0, came[-1], is_late, is_partial=not is_whole)


def _arrival(order: Order, taking: Expected | None, span: Span) -> Arrival:
    # The rows are those of customers.
    customer_id, promised = order.customer_id or 0, order.promised_on
    if order.delivered_at is not None:
        on = span.day_of(order.delivered_at)
        return Arrival(order.pk, customer_id, on, promised is not None and on > promised)
    days, why = (taking.days, taking.why) if taking else (0, DelayWhy.AT_ONCE)
    if why == DelayWhy.ASSUMED and promised is not None and promised >= order.placed_on:
        return Arrival(order.pk, customer_id, promised, is_late=False, guess=DelayWhy.PROMISED)
    return Arrival(
        order.pk, customer_id, order.placed_on + timedelta(days=days), is_late=False, guess=why
    )


def quiet_arrivals(at: datetime) -> QuerySet[Order]:
    """What arrived lately and came in by files without that anybody should be asked about it."""
    business, rules = the_business(), the_rules()
    if business is None:
        return Order.objects.none()
    span = span_of(business, rules, at)
    lately = span.today - timedelta(days=rules.after_days + rules.too_late_days)
    return arrived_unasked(replace(span, since=max(span.since, lately)), is_quiet=True)


def reach_of(terms: Terms) -> Reach:
    """Whom an import of orders would let us ask: those to whom something of it came since we are
    live, and who have not been asked about it.
    """
    business = the_business()
    if business is None:
        return Reach(0, 0, "")
    span = span_of(business, the_rules(), terms.at)
    telling = terms.source in span.telling
    staged = StagedOrder.objects.filter(import_id=terms.import_id)
    telling = telling or staged.filter(delivered_at__isnull=False).exists()
    came = Q(
        delivered_at__gte=span.midnight(span.since),
        delivered_at__lt=span.midnight(span.today + timedelta(days=1)),
    )
    if not telling:
        came |= Q(delivered_at=None, placed_on__gte=span.since, placed_on__lte=span.today)
    asked = CheckInOrder.objects.filter(order=OuterRef("order_id"))
    known = staged.filter(came, ~Exists(asked), kept_by_them()).exclude(buyer="")
    told = known.aggregate(orders=Count("pk"), customers=Count("buyer", distinct=True))
    orders, customers = int(told["orders"]), int(told["customers"])
    sentence = ngettext(
        "%(orders)s order arrived since %(day)s: without the tick nobody is asked about it.",
        "%(orders)s orders of %(customers)s customers arrived since %(day)s: without the tick "
        "nobody is asked about these, with it each customer once.",
        orders,
    ) % {
        "orders": orders, "customers": customers, "day": date_format(span.since, "j F Y")
    }  # fmt: skip
    return Reach(orders, customers, sentence)
