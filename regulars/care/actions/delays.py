"""Learning from deliveries how long they take, and saying it by hand."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from regulars.care.errors import DelayOutside
from regulars.care.models import Delay
from regulars.care.products import key_of
from regulars.care.queries.delays import known_key, way_of
from regulars.core import audit
from regulars.core.actor import Actor
from regulars.orders.choices import OrderKind
from regulars.orders.models import Order
from regulars.team.models import Business
from regulars.team.queries import the_business

# What took long ago says little of what takes today.
LOOKS_BACK = timedelta(days=365)
# From fewer deliveries nothing is learned.
LEAST = 5
# Three of four have theirs by then: asked too early, a customer tells us that it is not there.
SHARE = 0.75
MOST_DAYS, TOGETHER = 365, 1000
Of = tuple[str, str]


def learn_delays(*, at: datetime) -> int:
    """Count anew how many days deliveries of the last year took; returns how many delays we know.

    By product and way, by product, by way, and of all; what one of us said stays as it is.
    """
    business = the_business()
    if business is None:
        return 0
    today = business.day_of(at)
    spread, words = _spread(business, at)
    learned = {of: days for of, days in spread.items() if days.total() >= LEAST}
    for some in _pieces(learned):
        rows = [
            Delay(
                key=of[0], way=of[1], product=words.get(of[0], ""), count=spread[of].total(),
                learned_days=_share_of(spread[of]), learned_on=today,
            )
            for of in some
        ]  # fmt: skip
        Delay.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["key", "way"],
            update_fields=["product", "count", "learned_days", "learned_on"],
        )  # fmt: skip
    with transaction.atomic():
        stale = Delay.objects.exclude(learned_on=today)
        stale.filter(days=None).delete()
        stale.update(learned_days=None, count=0, learned_on=None)
    return len(learned)


def _pieces(learned: dict[Of, Counter[int]]) -> Iterator[list[Of]]:
    some = sorted(learned)
    for low in range(0, len(some), TOGETHER):
        yield some[low : low + TOGETHER]


def _spread(business: Business, at: datetime) -> tuple[dict[Of, Counter[int]], dict[str, str]]:
    """How many deliveries took how many days, of each product and way; and the products' words."""
    spread: dict[Of, Counter[int]] = defaultdict(Counter)
    words: dict[str, str] = {}
    arrived = _arrived(business, at)
    for way, placed, on, count in _counted(arrived):
        for of in {("", way_of(way) if way else ""), ("", "")}:
            spread[of][_days(placed, on)] += count
    for sku, description, way, placed, on, count in _counted(
        arrived.filter(lines__quantity__gt=0), "lines__sku", "lines__description"
    ):
        key = key_of(sku, description)
        if key:
            words[key] = description[:200]
            for of in {(key, way_of(way) if way else ""), (key, "")}:
                spread[of][_days(placed, on)] += count
    return spread, words


def _arrived(business: Business, at: datetime) -> QuerySet[Order, Any]:
    zone = ZoneInfo(business.time_zone)
    rows = Order.objects.filter(
        kind=OrderKind.SALE, delivered_at__gt=at - LOOKS_BACK, delivered_at__lte=at
    )
    return rows.annotate(on=TruncDate("delivered_at", tzinfo=zone)).order_by()


def _counted(rows: QuerySet[Order, Any], *of: str) -> Iterator[tuple[Any, ...]]:
    by = (*of, "delivery_way", "placed_on", "on")
    counted = rows.values(*by).annotate(count=Count("pk", distinct=True))
    yield from counted.values_list(*by, "count").iterator(chunk_size=5000)


def _days(placed: date, on: date) -> int:
    # A file may say that something arrived before it was bought.
    return min(max((on - placed).days, 0), MOST_DAYS)


def _share_of(days: Counter[int]) -> int:
    """So many days after which three of four have theirs."""
    wanted, sofar = SHARE * days.total(), 0
    for day in sorted(days):
        sofar += days[day]
        if sofar >= wanted:
            return day
    return 0


@transaction.atomic
def set_delay(*, product: str, way: str, days: int | None, by: Actor, at: datetime) -> Delay | None:
    """Say how long a product, a way of delivery, both or all take; None: what is learned again."""
    if days is not None and not 0 <= days <= MOST_DAYS:
        raise DelayOutside(
            _("A delay is a number of days from 0 to %(most)s.") % {"most": MOST_DAYS}
        )
    key, words = known_key(product), " ".join(product.split())[:200]
    kept, _made = Delay.objects.select_for_update().get_or_create(
        key=key, way=way_of(way) if way.strip() else "", defaults={"product": words}
    )
    kept.days = days
    kept.save(update_fields=["days"])
    audit.record("said how long", kept, by=by, at=at, key=key, way=kept.way, days=days)
    if days is None and kept.learned_days is None:
        kept.delete()
        return None
    return kept
