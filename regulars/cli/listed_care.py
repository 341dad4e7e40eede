"""Lists of what customers said and asked for: help requests; and of whom we ask: check-ins."""

from collections.abc import Iterator
from typing import Any

from regulars.cli.care_lists import check_in_items, check_in_line, check_ins
from regulars.cli.listing import Listing, cut


def _help_requests() -> Any:
    from regulars.core.actor import COMMAND
    from regulars.helping.queries import requests_for

    return requests_for(COMMAND).select_related("customer", "owner")


def _help_items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.core import clock

    now = clock.now()
    for one in cut(_help_requests().order_by("-said_at", "-id"), limit):
        yield {
            "id": one.pk,
            "customer": {"id": one.customer.pk, "name": one.customer.name},
            "topic": one.topic,
            "words": one.words,
            "state": one.state,
            "is_late": one.is_late_at(now),
            "source": one.source,
            "owner": one.owner.name if one.owner else None,
            "said_at": one.said_at.isoformat(),
            "due_at": one.due_at.isoformat() if one.due_at else None,
            "outcome": one.outcome,
            "told_at": one.told_at.isoformat() if one.told_at else None,
        }


def _help_line(item: dict[str, Any]) -> str:
    state = "late" if item["is_late"] else item["state"]
    return f"{item['said_at'][:10]}  {state:<9}  {item['customer']['name']}  {item['topic']}"


LISTINGS = {
    "check-ins": Listing(lambda: check_ins().count(), check_in_items, check_in_line),
    "help-requests": Listing(lambda: _help_requests().count(), _help_items, _help_line),
}
