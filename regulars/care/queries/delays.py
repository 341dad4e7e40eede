"""How long deliveries take where no file says when they arrived: which delay holds, and why."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from regulars.care.choices import DelayWhy
from regulars.care.errors import DelayNotFound
from regulars.care.models import Delay
from regulars.care.products import LONGEST, keys_of, words_key
from regulars.core.folding import folded
from regulars.orders.models import OrderLine

# What has no way of delivery, in a system that tells of none, is handed over at the counter.
COUNTER = "counter"
# What is there as it is bought, as shops call it, folded.
AT_ONCE = frozenset({
    COUNTER, "in store", "in-store", "instore", "store", "shop", "over the counter", "take away",
    "takeaway", "digital", "download", "digital delivery", "email", "e-mail", "electronic",
    "online", "none", "no shipping", "im laden", "ladenverkauf", "mitgenommen", "sur place",
    "telechargement", "en tienda", "descarga", "in negozio", "in de winkel",
})  # fmt: skip
# What a parcel takes, until deliveries have taught better.
ASSUMED_DAYS = 5
SIZE = 50


def way_of(told: str) -> str:
    """A way of delivery as it is compared; the counter, where none is told."""
    return (folded(told.strip()) or COUNTER)[:60]


@dataclass(frozen=True, slots=True)
class Expected:
    """So many days, why so many, and from how many deliveries it was learned."""

    days: int
    why: DelayWhy
    count: int = 0


@dataclass(frozen=True, slots=True)
class Delays:
    """The delays that may matter for some purchases."""

    known: Mapping[tuple[str, str], Delay] = field(default_factory=dict)

    def of(self, keys: Sequence[str], way: str) -> Expected:
        """The narrowest that is known holds; what one of us said counts before what was learned.

        What is handed over at once learns nothing from parcels: there only a word of ours counts.
        """
        is_at_once = way in AT_ONCE
        steps = [(key, of_way) for of_way in (way, "") for key in keys]
        steps += [("", way)] if is_at_once else [("", way), ("", "")]
        for step in steps:
            row = self.known.get(step)
            if row is not None and row.days is not None:
                return Expected(row.days, DelayWhy.BY_HAND)
            if row is not None and row.learned_days is not None and not is_at_once:
                return Expected(row.learned_days, _why(step), row.count)
        if is_at_once:
            return Expected(0, DelayWhy.AT_ONCE)
        return Expected(ASSUMED_DAYS, DelayWhy.ASSUMED)


def _why(step: tuple[str, str]) -> DelayWhy:
    key, way = step
    if key:
        return DelayWhy.PRODUCT_WAY if way else DelayWhy.PRODUCT
    return DelayWhy.WAY if way else DelayWhy.ALL


def delays_for(keys: Collection[str], ways: Collection[str]) -> Delays:
    """The delays of these products by these ways, of either alone, and of all."""
    rows = Delay.objects.filter(key__in={*keys, ""}, way__in={*ways, ""})
    return Delays({(one.key, one.way): one for one in rows})


def expected_of(ways: Mapping[int, str]) -> dict[int, Expected]:
    """How long each of these orders takes, by its way: as long as the slowest of its goods."""
    keys: dict[int, set[tuple[str, ...]]] = defaultdict(set)
    lines = OrderLine.objects.filter(order__in=ways, quantity__gt=0)
    for order_id, sku, description in lines.values_list("order_id", "sku", "description"):
        keys[order_id].add(keys_of(sku, description))
    folded_ways = {pk: way_of(told) for pk, told in ways.items()}
    every = {key for goods in keys.values() for of_one in goods for key in of_one}
    known = delays_for(every, set(folded_ways.values()))
    return {
        pk: max((known.of(of_one, way) for of_one in keys[pk] or {()}), key=lambda one: one.days)
        for pk, way in folded_ways.items()
    }


def known_key(typed: str) -> str:
    """By what the product is known that somebody means who types a number or words."""
    number = typed.strip()[:LONGEST]
    if not number or Delay.objects.filter(key=number).exists():
        return number
    named = Delay.objects.exclude(key="").filter(product__iexact=" ".join(typed.split()))
    return named.order_by("-count").values_list("key", flat=True).first() or words_key(typed)


def delay_of(delay_id: int) -> Delay:
    found = Delay.objects.filter(pk=delay_id).first()
    if found is None:
        raise DelayNotFound
    return found


def delays_shown(words: str = "", after: tuple[int, int] | None = None) -> QuerySet[Delay]:
    """What was learned and said, what most deliveries taught first; `words` of product or way."""
    rows = Delay.objects.order_by("-count", "id")
    if words:
        rows = rows.filter(
            Q(key__icontains=words) | Q(product__icontains=words) | Q(way__icontains=words)
        )
    if after is not None:
        count, pk = after
        rows = rows.filter(Q(count__lt=count) | Q(count=count, pk__gt=pk))
    return rows
