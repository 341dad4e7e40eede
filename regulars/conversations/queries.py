"""What was said and done, for reading."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Exists, OuterRef

from regulars.consent.choices import Purpose
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.errors import TouchNotFound
from regulars.conversations.lookups import NEWEST, with_words
from regulars.conversations.models import Touch, TouchQuerySet
from regulars.conversations.rules import may_log, may_take_back
from regulars.core.actor import HELPER, Actor
from regulars.customers.models import Customer
from regulars.customers.queries.people import customers_for

EVERY_MATCH = 10**9
# The three parts of the balance: what is neither here is serving.
PARTS = {
    Purpose.INFORM: "inform",
    Purpose.EDUCATE: "inform",
    Purpose.SELL: "sell",
}


def touches_for(actor: Actor) -> TouchQuerySet:
    """Standing touches with customers whom this person may see."""
    return Touch.objects.standing().filter(_seen_by(actor))


def _seen_by(actor: Actor) -> Exists:
    # Asked of each touch that was found: as `IN`, SQLite would first list every customer.
    return Exists(customers_for(actor).filter(pk=OuterRef("customer")))


def touches_saying(actor: Actor, words: Sequence[str]) -> TouchQuerySet:
    """Standing touches in which every one of these begins a word, newest first."""
    # A helper's own may lie behind many of others.
    most = EVERY_MATCH if actor.role == HELPER else NEWEST
    return with_words(touches_for(actor), words, most=most).order_by("-happened_at", "-id")


def touch_for(actor: Actor, touch_id: int) -> Touch:
    """One touch, taken back or not, if its customer is one whom this person may see."""
    touches = Touch.objects.filter(_seen_by(actor), pk=touch_id)
    touch = touches.select_related("customer").first()
    if touch is None:
        raise TouchNotFound
    return touch


def is_logger(actor: Actor) -> bool:
    return may_log(actor)


def is_taker_back(actor: Actor, touch: Touch) -> bool:
    return may_take_back(actor, touch)


def balance_of(customer: Customer, since: datetime) -> dict[str, int]:
    """How many of our touches since a moment served, informed and sold."""
    ours = Touch.objects.standing().filter(
        customer=customer, direction=Direction.OUT, happened_at__gte=since
    )
    rows = ours.exclude(outcome=Outcome.NO_ANSWER).order_by().values_list("purpose")
    counts: Counter[str] = Counter()
    for purpose, count in rows.annotate(count=Count("pk")):
        counts[PARTS.get(purpose, "serve")] += count
    return {part: counts[part] for part in ("serve", "inform", "sell")}
