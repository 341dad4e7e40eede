"""The list of those who left, and why."""

from collections.abc import Iterator
from typing import Any

from regulars.cli.listing import Listing, cut


def _departures() -> Any:
    from regulars.core.actor import COMMAND
    from regulars.departures.queries.leaving import departures_for

    return departures_for(COMMAND).select_related("customer", "recorded_by")


def _items(limit: int) -> Iterator[dict[str, Any]]:
    for one in cut(_departures().order_by("-recorded_at", "-id"), limit):
        yield {
            "id": one.pk,
            "customer": {"id": one.customer.pk, "name": one.customer.name},
            "reason": one.reason,
            "said_by": one.said_by,
            "sureness": one.sureness,
            "words": one.words,
            "left_on": one.left_on.isoformat(),
            "state": one.state,
            "recorded_at": one.recorded_at.isoformat(),
            "recorded_by": one.recorded_by.name if one.recorded_by else None,
            "ended_at": one.ended_at.isoformat() if one.ended_at else None,
            "back_on": one.back_on.isoformat() if one.back_on else None,
        }


def _line(item: dict[str, Any]) -> str:
    return (
        f"{item['left_on']}  {item['state']:<9}  {item['reason']:<10}  {item['customer']['name']}"
    )


LISTINGS = {"departures": Listing(lambda: _departures().count(), _items, _line)}
