"""Check-ins and the links by which they are answered, for tests."""

from datetime import datetime, timedelta
from typing import Any

from regulars.care.actions.answers import Said, file_answer
from regulars.care.choices import AskingWay, CheckInState, Heard
from regulars.care.models import Answer, CheckIn, CheckInOrder
from regulars.core.actor import SYSTEM
from regulars.core.signed_links import make_link
from regulars.customers.models import Customer
from regulars.orders.models import Order
from tests.factories.customers import make_customer


def make_check_in(
    at: datetime, customer: Customer | None = None, order: Order | None = None, **over: Any
) -> CheckIn:
    """Somebody was asked this morning about what came three days ago."""
    described: dict[str, Any] = {
        "state": CheckInState.ASKED, "way": AskingWay.MESSAGE, "due_on": at.date(),
        "delivered_on": at.date() - timedelta(days=3), "opened_at": at, "asked_at": at,
        "product": "Seeded rye", **over,
    }  # fmt: skip
    made = CheckIn.objects.create(customer=customer or make_customer(), **described)
    if order is not None:
        CheckInOrder.objects.create(
            check_in=made, order=order, delivered_on=made.delivered_on, is_late=made.is_late
        )
    return made


def answer_path(check_in: CheckIn, at: datetime, message_id: str = "") -> str:
    """Where their link leads."""
    return f"/k/{make_link('check_in', check_in.pk, message_id, at)}"


def make_answer(
    at: datetime, mark: int | None = 5, check_in: CheckIn | None = None, **over: Any
) -> Answer:
    """They answered by their link; words and scale may be given."""
    how = {name: over.pop(name) for name in ("source", "by", "doubt", "link") if name in over}
    return file_answer(
        check_in or make_check_in(at), Said(mark, **over),
        **{"source": Heard.LINK, "by": SYSTEM, **how}, at=at,
    )  # fmt: skip
