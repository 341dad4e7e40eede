"""The list of complaints and faults: cases."""

from collections.abc import Iterator
from typing import Any

from regulars.cli.listing import Listing, cut


def _cases() -> Any:
    from regulars.cases.queries import listed
    from regulars.core import clock
    from regulars.core.actor import COMMAND

    return listed(COMMAND, "all", clock.now())


def _case_items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.core import clock

    now = clock.now()
    for one in cut(_cases(), limit):
        yield {
            "id": one.pk,
            "customer": {"id": one.customer_id, "name": one.customer.name},
            "what": one.what,
            "kind": one.kind,
            "cause": one.cause.name if one.cause else None,
            "source": one.source,
            "manager": one.manager.name if one.manager else None,
            "state": one.state,
            "is_broken": one.is_broken_at(now),
            "opened_at": one.opened_at.isoformat(),
            "due_at": one.due_at.isoformat(),
            "answered_at": one.answered_at.isoformat() if one.answered_at else None,
            "resolved_at": one.resolved_at.isoformat() if one.resolved_at else None,
            "told_at": one.told_at.isoformat() if one.told_at else None,
            "is_right": one.is_right,
            "reopened_count": one.reopened_count,
        }


def _case_line(item: dict[str, Any]) -> str:
    state = "late" if item["is_broken"] else item["state"]
    what = " ".join(item["what"].split())[:60]
    return f"{item['due_at'][:16]}  {state:<9}  {item['customer']['name']}  {what}"


LISTINGS = {"cases": Listing(lambda: _cases().count(), _case_items, _case_line)}
