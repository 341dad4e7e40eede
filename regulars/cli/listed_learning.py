"""What customers speak of, what goes wrong and why: the tables of learning, for programs."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from regulars.cli.listing import Listing

YEAR = timedelta(days=365)


def _themes() -> Any:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.learning.queries.themes import themes_told

    at = clock.now()
    return themes_told(COMMAND, at - YEAR, at)


def _theme_items(limit: int) -> Iterator[dict[str, Any]]:
    told = _themes()
    ordered = sorted(told.rows, key=lambda one: (-one.bad.count, -one.good.count, one.theme.key))
    for one in islice(ordered, limit or None):
        yield {
            "theme": one.theme.key,
            "name": one.theme.name,
            "texts": told.texts,
            "not_right": one.bad.count,
            "share": one.bad.share,
            "low": one.bad.low,
            "high": one.bad.high,
            "customers": one.bad_customers,
            "praised": one.good.count,
            "spoken_of": one.plain,
            "than_before": one.word,
        }


def _theme_line(item: dict[str, Any]) -> str:
    between = f"{item['low']:.1%} to {item['high']:.1%}"
    return (
        f"{item['not_right']:>6,} of {item['texts']:,}  {item['share']:>6.1%} ({between})"
        f"  {item['praised']:>6,} praised  {item['name']}"
    )


LISTINGS = {
    "themes": Listing(lambda: len(_themes().rows), _theme_items, _theme_line),
}
