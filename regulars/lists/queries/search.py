"""Search as somebody types: customers by names, addresses and numbers, orders, notes.

What is hidden from a role is not searched for it: a customer whose address alone fits is not
found by who may not see addresses.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regulars.conversations.models import Touch
from regulars.conversations.queries import touches_saying
from regulars.core.actor import Actor
from regulars.customers.choices import PointKind
from regulars.customers.models import ContactPoint, Customer, CustomerQuerySet, Reference
from regulars.customers.naming import folded_words, search_text_of
from regulars.customers.queries.people import (
    customers_for,
    first_matching,
    matching,
    matching_any,
    words_sought,
)
from regulars.lists.rules import hidden_from
from regulars.lists.spelling import variants_of
from regulars.orders.models import Order

LONGEST_SEARCH = 200
SHORTEST_NOTE, SHORTEST_NUMBER = 3, 2
# What is looked through at most for those who may not see everything that is searched.
MOST_LOOKED_AT, AT_ONCE = 10_000, 500
MOST_NOTES = 500
EXCERPT = 120
POINTS = {"customer.email": PointKind.EMAIL, "customer.phone": PointKind.PHONE}
REFERENCE, ORDER_NUMBER, NOTES = "customer.reference", "order.number", "conversation.notes"


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found: whose it is, and what fits. `words` is empty where the name says it."""

    kind: Literal["customer", "order", "note"]
    customer: Customer
    words: str = ""
    at: datetime | None = None
    is_guess: bool = False


def search(actor: Actor, text: str, limit: int) -> list[Hit]:
    """The first hits for a text: customers first, then orders and notes of customers on the list.

    Where no name fits, names that are spelled nearly so are guessed.
    """
    text = text.replace("\0", " ").strip()[:LONGEST_SEARCH]
    if not text or limit < 1:
        return []
    hits = [Hit("customer", one) for one in _customers(actor, text, limit)]
    hits += _orders(actor, text, limit - len(hits))
    hits += _notes(actor, text, limit - len(hits))
    return hits or [Hit("customer", one, is_guess=True) for one in _guessed(actor, text, limit)]


def _customers(actor: Actor, text: str, limit: int) -> list[Customer]:
    rows = customers_for(actor).on_the_list().select_related("manager")
    if _hides_points(actor):
        return _by_name(rows.filter(pk__in=ids_matching(actor, text, limit)))
    words = [(word,) for word in words_sought(text)]
    return _by_name(first_matching(rows, words, limit)) if words else []


def _by_name(found: Iterable[Customer]) -> list[Customer]:
    """The few that were found first: to sort all who fit a common name would take long."""
    return sorted(found, key=lambda one: (one.sort_name, one.pk))


def _guessed(actor: Actor, text: str, limit: int) -> list[Customer]:
    words = words_sought(text)
    groups = [(word, *variants_of(word)) for word in words]
    if all(len(group) == 1 for group in groups):
        return []
    rows = customers_for(actor).on_the_list().select_related("manager")
    if not _hides_points(actor):
        return _by_name(first_matching(rows, groups, limit))
    found = _checked(matching_any(rows, groups), groups, hidden_from(actor), limit)
    return _by_name(rows.filter(pk__in=found))


def _hides_points(actor: Actor) -> bool:
    return bool(hidden_from(actor) & {*POINTS, REFERENCE})


def matching_for(actor: Actor, rows: CustomerQuerySet, text: str) -> CustomerQuerySet:
    """Those who fit a text by what this person may see.

    Where something is hidden that search looks in, at most 10,000 are looked at.
    """
    if not _hides_points(actor):
        return matching(rows, text)
    return rows.filter(pk__in=ids_matching(actor, text, MOST_LOOKED_AT))


def ids_matching(actor: Actor, text: str, limit: int) -> list[int]:
    words = words_sought(text)
    if not words:
        return []
    rows = matching(customers_for(actor).on_the_list(), text)
    return _checked(rows, [(word,) for word in words], hidden_from(actor), limit)


def _checked(
    rows: CustomerQuerySet, groups: Sequence[Sequence[str]], hidden: frozenset[str], limit: int
) -> list[int]:
    """Of those found by everything, those who are found by what may be seen alone."""
    found: list[int] = []
    for chunk in _chunks(rows):
        seen = _words_seen([one.pk for one in chunk], hidden)
        for one in chunk:
            theirs = search_text_of(
                [one.name, one.given_name, one.family_name, *seen[one.pk]["names"]],
                seen[one.pk]["emails"], seen[one.pk]["phones"],
            )  # fmt: skip
            if all(any(f" {word}" in theirs for word in group) for group in groups):
                found.append(one.pk)
        if len(found) >= limit:
            break
    return found[:limit]


def _chunks(rows: CustomerQuerySet) -> Iterator[list[Customer]]:
    after, looked_at = 0, 0
    while looked_at < MOST_LOOKED_AT:
        chunk = list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE])
        if not chunk:
            return
        yield chunk
        after, looked_at = chunk[-1].pk, looked_at + len(chunk)


def _words_seen(ids: Sequence[int], hidden: frozenset[str]) -> dict[int, dict[str, list[str]]]:
    seen: dict[int, dict[str, list[str]]] = {
        pk: {"names": [], "emails": [], "phones": []} for pk in ids
    }
    kinds = [kind for name, kind in POINTS.items() if name not in hidden]
    points = ContactPoint.objects.filter(customer__in=ids, kind__in=kinds)
    for pk, kind, value, normal in points.values_list("customer_id", "kind", "value", "normal"):
        named = "emails" if kind == PointKind.EMAIL else "phones"
        seen[pk][named] += [normal] if kind == PointKind.EMAIL else [value, normal]
    if REFERENCE not in hidden:
        rows = Reference.objects.filter(customer__in=ids).values_list("customer_id", "value")
        for pk, value in rows:
            seen[pk]["names"].append(value)
    return seen


def _orders(actor: Actor, text: str, limit: int) -> list[Hit]:
    """By the number of an order, or how it begins; in capitals or not."""
    number = text.lstrip("#").strip()
    if limit < 1 or len(number) < SHORTEST_NUMBER or " " in number:
        return []
    if _is_hidden(actor, ORDER_NUMBER):
        return []
    found: dict[int, Order] = {}
    for spelling in dict.fromkeys((number, number.upper(), number.lower())):
        found |= {one.pk: one for one in _numbered(spelling, limit)}
    theirs = (
        customers_for(actor)
        .on_the_list()
        .filter(pk__in={one.customer_id for one in found.values()})
    )
    seen = theirs.select_related("manager").in_bulk()
    return [
        Hit("order", seen[one.customer_id], _("Order %(number)s") % {"number": one.external_id},
            one.placed_at)
        for one in found.values() if one.customer_id in seen
    ][:limit]  # fmt: skip


def _numbered(number: str, limit: int) -> "QuerySet[Order]":
    rows = Order.objects.filter(customer__isnull=False)
    if connection.vendor == "postgresql":
        rows = rows.filter(external_id__startswith=number)
    else:
        # LIKE of SQLite pays no heed to capitals and takes no index; the range does.
        rows = rows.filter(external_id__gte=number, external_id__lt=number + "\U0010ffff")
    # A few more than are shown: some may be of customers whom this person does not see.
    return rows.order_by("external_id")[: limit * 4]


def _is_hidden(actor: Actor, name: str) -> bool:
    return name in hidden_from(actor)


def _notes(actor: Actor, text: str, limit: int) -> list[Hit]:
    """By the words that were written down of a touch; the newest first, one for each customer."""
    words = [word for word in folded_words(text) if word.isalnum()][:8]
    if limit < 1 or max(map(len, words), default=0) < SHORTEST_NOTE or _is_hidden(actor, NOTES):
        return []
    hits: dict[int, Hit] = {}
    # By their ids first: joined to the list at once, SQLite would start from the list.
    saying = touches_saying(actor, words)
    ids = list(saying.order_by("-pk").values_list("pk", flat=True)[:MOST_NOTES])
    if not ids:
        return []
    touches = Touch.objects.filter(pk__in=ids, customer__archived_at=None)
    touches = touches.order_by("-happened_at", "-pk")
    for touch in touches.select_related("customer__manager")[: limit * 4]:
        said = _excerpt(f"{touch.body} {touch.said}".strip(), words[0])
        hits.setdefault(touch.customer_id, Hit("note", touch.customer, said, touch.happened_at))
    return list(hits.values())[:limit]


def _excerpt(text: str, word: str) -> str:
    """A stretch of the text round the word that was found."""
    place = max(0, text.casefold().find(word) - EXCERPT // 3)
    cut = " ".join(text[place : place + EXCERPT].split())
    return f"{'…' if place else ''}{cut}{'…' if place + EXCERPT < len(text) else ''}"
