"""What of an order we ask about: what they kept, what cost most of it, and what they sent back."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from regulars.care.models import CheckInOrder
from regulars.care.queries.questions import the_catalogue
from regulars.orders.models import OrderLine

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Goods:
    """The product that we ask about, the dearest of those that are asked about at all."""

    sku: str = ""
    product: str = ""
    is_asked: bool = True
    # What came back, in words.
    returned: str = ""


NO_GOODS = Goods()


def goods_of(order_ids: Collection[int]) -> dict[int, Goods]:
    """What each of these orders is asked about."""
    if not order_ids:
        return {}
    lines = OrderLine.objects.filter(order__in=order_ids).order_by("total_minor", "-line_no")
    return _among(lines.values_list(
        "order_id", "sku", "description", "quantity", "returned_quantity"
    ))  # fmt: skip


def goods_of_check_ins(check_in_ids: Collection[int]) -> dict[int, Goods]:
    """What each of these check-ins is about, as its orders stand now."""
    lines = CheckInOrder.objects.filter(check_in__in=check_in_ids, order__lines__isnull=False)
    ordered = lines.order_by("-delivered_on", "order__lines__total_minor", "-order__lines__line_no")
    return _among(ordered.values_list(
        "check_in_id", "order__lines__sku", "order__lines__description",
        "order__lines__quantity", "order__lines__returned_quantity",
    ))  # fmt: skip


def _among(lines: Iterable[tuple[Any, ...]]) -> dict[int, Goods]:
    """Of lines, the dearest last, each after what it belongs to."""
    catalogue = the_catalogue()
    found: dict[int, Goods] = {}
    back: dict[int, list[str]] = defaultdict(list)
    for of, sku, words, quantity, returned in lines:
        held = found.setdefault(of, NO_GOODS)
        if returned:
            back[of].append(words or sku)
        if returned and returned >= quantity:
            continue
        goods = Goods(sku, words[:LONGEST], catalogue.is_asked(sku, words))
        if goods.is_asked or held is NO_GOODS or not held.is_asked:
            found[of] = goods
    for of, names in back.items():
        found[of] = replace(found[of], returned=", ".join(names)[:LONGEST])
    return found
