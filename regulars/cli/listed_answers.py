"""How it went, as customers answered: what the page of answers lists, for people and programs."""

from collections.abc import Iterator
from typing import Any

from regulars.cli.listing import Listing, cut


def _answers() -> Any:
    from regulars.care.queries.answers import answers_for, latest_first
    from regulars.core.actor import COMMAND

    return latest_first(answers_for(COMMAND))


def _items(limit: int) -> Iterator[dict[str, Any]]:
    for one in cut(_answers(), limit):
        yield {
            "id": one.pk,
            "customer": {"id": one.customer_id, "name": one.customer.name},
            "said_at": one.said_at.isoformat(),
            "mark": one.mark,
            "scale": one.scale,
            "measure": one.measure,
            "went_well": one.went_well,
            "not_right": one.not_right,
            "more": one.more,
            "was_late": one.was_late,
            "product": one.check_in.product if one.check_in else "",
            "source": one.source,
            "by": one.member.name if one.member else None,
            "check_in": one.check_in_id,
            "order": one.order_id,
            "counts": not one.is_doubtful,
            "set_aside_because": str(one.get_doubt_display()) if one.doubt else "",
        }


def _line(item: dict[str, Any]) -> str:
    mark = "-" if item["mark"] is None else f"{item['mark']}/{item['scale']}"
    words = item["not_right"] or item["went_well"]
    aside = "" if item["counts"] else "(set aside) "
    return f"{item['said_at'][:16]}  {mark:>5}  {item['customer']['name']}  {aside}{words}"


LISTINGS = {"answers": Listing(lambda: _answers().count(), _items, _line)}
