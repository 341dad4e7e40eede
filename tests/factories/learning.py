"""Texts of customers that were read, for tests."""

from datetime import datetime, timedelta
from typing import Any

from regulars.care.choices import Heard
from regulars.care.models import Answer
from regulars.customers.models import Customer
from regulars.learning.actions.reading import read_texts
from tests.factories.customers import make_customer


def say(
    at: datetime, not_right: str = "", went_well: str = "", customer: Customer | None = None,
    **over: Any,
) -> Answer:  # fmt: skip
    """An answer as it stands in the table; `days` ago."""
    said_at = at - timedelta(days=over.pop("days", 0))
    return Answer.objects.create(
        customer=customer or make_customer(), not_right=not_right, went_well=went_well,
        **{"source": Heard.LINK, "said_at": said_at, "recorded_at": said_at, **over},
    )  # fmt: skip


def say_many(at: datetime, words: str, count: int, **over: Any) -> None:
    """The same of several customers, and read."""
    customer = over.pop("customer", None) or make_customer()
    for _number in range(count):
        say(at, words, customer=customer, **over)
    read_texts(at=at)
