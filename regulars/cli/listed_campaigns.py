"""The list of campaigns: what each says, for whom, where it stands, what it brought."""

from collections.abc import Iterator
from typing import Any

from regulars.cli.listing import Listing, cut


def _campaigns() -> Any:
    from regulars.core import clock
    from regulars.core.actor import COMMAND
    from regulars.outreach.queries.campaigns import campaigns_for

    return campaigns_for(COMMAND, clock.now())


def _items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.outreach.queries.campaigns import (
        Called,
        called_by,
        learned_of,
        mailings_of,
    )

    rows = list(cut(_campaigns(), limit))
    mailings, called = mailings_of(rows), called_by(rows)
    learned = learned_of(rows)
    for one in rows:
        mailing, calls = mailings.get(one.pk), called.get(one.pk, Called())
        yield {
            "id": one.pk,
            "name": one.name,
            "kind": one.kind,
            "means": one.means,
            "purpose": one.purpose,
            "segment": one.segment_name,
            "state": one.state,
            "starts_at": one.starts_at.isoformat() if one.starts_at else None,
            "approved_at": one.approved_at.isoformat() if one.approved_at else None,
            "mailing": mailing.pk if mailing else None,
            "written_to": mailing.approved_count if mailing else None,
            "brought": learned.get(one.pk),
            "calls": {"meant": calls.meant, "done": calls.done},
        }


def _line(item: dict[str, Any]) -> str:
    return f"{item['id']:>5}  {item['state']:<8}  {item['kind']:<8}  {item['name']}"


LISTINGS = {"campaigns": Listing(lambda: _campaigns().count(), _items, _line)}
