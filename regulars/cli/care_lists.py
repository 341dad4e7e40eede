"""`regulars show check-ins`: who is asked how it went after a delivery, by whom, and why."""

from collections.abc import Iterator
from typing import Any

from regulars.cli.listing import cut


def check_ins() -> Any:
    from regulars.care.queries.check_ins import check_ins_for
    from regulars.core.actor import COMMAND

    rows = check_ins_for(COMMAND).select_related("customer").prefetch_related("orders")
    return rows.order_by("-due_on", "-pk")


def check_in_items(limit: int) -> Iterator[dict[str, Any]]:
    for one in cut(check_ins(), limit):
        yield {
            "id": one.pk, "customer_id": one.customer_id, "customer": one.customer.name,
            "state": one.state, "way": one.way, "why": one.why, "due_on": one.due_on.isoformat(),
            "delivered_on": one.delivered_on.isoformat(), "is_late": one.is_late,
            "is_guessed": one.is_guessed, "guess": one.guess, "is_partial": one.is_partial,
            "returned": one.returned, "product": one.product,
            "orders": [link.order_id for link in one.orders.all()],
            "asked_at": one.asked_at.isoformat() if one.asked_at else None,
            "answered_at": one.answered_at.isoformat() if one.answered_at else None,
        }  # fmt: skip


def check_in_line(item: dict[str, Any]) -> str:
    late = "late" if item["is_late"] else ""
    stands = f"{item['state']:<8}  {item['way']:<7}  {item['why']:<12}  {late:<4}"
    return f"{item['id']:>8}  {item['due_on']}  {stands}  {item['customer']}"
