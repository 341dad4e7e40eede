"""`regulars show delays`: how long deliveries take where no file says when they arrived."""

from collections.abc import Iterator
from typing import Any

from regulars.cli.listing import Listing, cut


def _delays() -> Any:
    from regulars.care.queries.delays import delays_shown

    return delays_shown()


def _items(limit: int) -> Iterator[dict[str, Any]]:
    for one in cut(_delays(), limit):
        yield {
            "id": one.pk,
            "key": one.key,
            "product": one.product,
            "way": one.way,
            "days": one.learned_days if one.days is None else one.days,
            "learned_days": one.learned_days,
            "deliveries": one.count,
            "learned_on": one.learned_on.isoformat() if one.learned_on else None,
            "is_by_hand": one.days is not None,
        }


def _line(item: dict[str, Any]) -> str:
    why = "by hand" if item["is_by_hand"] else f"from {item['deliveries']:,}"
    product, way = item["product"] or item["key"] or "any product", item["way"] or "any way"
    return f"{item['days']:>4} days  {why:<12}  {way:<24}  {product}"


LISTINGS = {"delays": Listing(lambda: _delays().count(), _items, _line)}
