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


def _causes() -> Any:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.learning.queries.causes import causes_told

    return causes_told(COMMAND, clock.now() - YEAR)


def _every_cause() -> list[Any]:
    told = _causes()
    return [*told.rows, *([told.unnamed] if told.unnamed.cases.count else [])]


def _cause_items(limit: int) -> Iterator[dict[str, Any]]:
    for one in islice(_every_cause(), limit or None):
        is_named = one.pk is not None
        yield {
            "id": one.pk,
            "cause": one.name if is_named else None,
            "cases": one.cases.count,
            "share": one.cases.share if is_named else None,
            "low": one.cases.low if is_named else None,
            "high": one.cases.high if is_named else None,
            "running_share": one.running if is_named else None,
            "customers": one.customers,
            "costs": [{"minor": cost.minor, "currency": cost.currency} for cost in one.costs],
        }


def _cause_line(item: dict[str, Any]) -> str:
    costs = " + ".join(f"{one['minor']:,} {one['currency']} (minor)" for one in item["costs"])
    share = "     -" if item["share"] is None else f"{item['share']:>6.1%}"
    name = item["cause"] or "(no cause named)"
    return (
        f"{item['cases']:>6,}  {share}  {item['customers']:>6,} customers  {costs or '-'}  {name}"
    )


LISTINGS = {
    "causes": Listing(lambda: len(_every_cause()), _cause_items, _cause_line),
    "themes": Listing(lambda: len(_themes().rows), _theme_items, _theme_line),
}
