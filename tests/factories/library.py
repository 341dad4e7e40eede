"""The library, as the tests need it: filled by the product's own actions."""

from datetime import datetime
from typing import Any

from regulars.core.actor import SYSTEM
from regulars.customers.choices import InterestKind
from regulars.customers.models import Customer, Interest
from regulars.customers.naming import folded_name
from regulars.library.actions.articles import Written, add_article
from regulars.library.actions.statements import Claimed, add_statement
from regulars.library.choices import ArticleKind
from regulars.library.models import Article, Statement

STARTER = "A starter sulks when it is cold. Feed the starter with rye flour before you bake."


def make_article(at: datetime, title: str = "When the starter sulks", **over: Any) -> Article:
    """A text of our own about sourdough starters."""
    described: dict[str, Any] = {"kind": ArticleKind.TEXT, "body": STARTER, **over}
    return add_article(Written(title=title, **described), by=SYSTEM, at=at)


def make_interest(customer: Customer, topic: str, at: datetime, **over: Any) -> Interest:
    """What somebody cares about, unless it is said to be a need."""
    described: dict[str, Any] = {"kind": InterestKind.INTEREST, "noted_on": at.date(), **over}
    return Interest.objects.create(
        customer=customer, topic=topic, folded=folded_name(topic), created_at=at, **described
    )


def make_statement(at: datetime, claim: str = "We keep our word", **over: Any) -> Statement:
    return add_statement(Claimed(claim, **over), by=SYSTEM, at=at)
