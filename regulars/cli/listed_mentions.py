"""The list of what is said about us in public: mentions."""

from collections.abc import Iterator
from typing import Any

from regulars.cli.listing import Listing, cut


def _mentions() -> Any:
    from regulars.core.actor import COMMAND
    from regulars.mentions.queries import mentions_for

    return mentions_for(COMMAND).select_related("customer", "owner")


def _items(limit: int) -> Iterator[dict[str, Any]]:
    from regulars.core import clock

    now = clock.now()
    for one in cut(_mentions().order_by("-said_at", "-id"), limit):
        customer = one.customer
        yield {
            "id": one.pk,
            "site": one.site,
            "link": one.link,
            "said_at": one.said_at.isoformat(),
            "author": one.author,
            "handle": one.handle,
            "mark": one.mark,
            "scale": one.scale,
            "words": one.words,
            "is_bad": one.is_bad,
            "customer": {"id": customer.pk, "name": customer.name} if customer else None,
            "known_by": one.known_by,
            "owner": one.owner.name if one.owner else None,
            "state": one.state,
            "is_late": one.is_late_at(now),
            "due_at": one.due_at.isoformat() if one.due_at else None,
            "answer": one.answer,
            "answer_link": one.answer_link,
            "answered_at": one.answered_at.isoformat() if one.answered_at else None,
            "aside_why": one.aside_why,
        }


def _line(item: dict[str, Any]) -> str:
    state = "late" if item["is_late"] else item["state"]
    mark = "-" if item["mark"] is None else f"{item['mark']}/{item['scale']}"
    who = item["customer"]["name"] if item["customer"] else item["author"] or "-"
    words = " ".join(item["words"].split())[:60]
    return f"{item['said_at'][:10]}  {state:<8}  {mark:>5}  {item['site']}  {who}  {words}"


LISTINGS = {"mentions": Listing(lambda: _mentions().count(), _items, _line)}
