"""What rows say beside the customer: topics, tags that give way, relations, the household; and
what rooms above take of them.
"""

from collections.abc import Iterator
from typing import Any

from regulars.core.column_sets import LeftOut, Step, Terms
from regulars.core.models import Operation
from regulars.customers import adding, giving_way, heard, noted, noted_relations, relating, sharing


def _told_of(terms: Terms) -> Iterator[Any]:
    """Whom rows name beside the customer; mostly nobody is. What is told in full goes first."""
    if noted_relations.has_noted(terms):
        yield noted_relations
    if relating.has_relations(terms):
        yield relating
    if sharing.has_households(terms):
        yield sharing


def resolve(terms: Terms) -> Iterator[Step]:
    """Mark the known customers of whom the file says something new beside."""
    if adding.has_details(terms):
        if noted.has_noted(terms):
            yield from noted.resolve(terms)
        for which in _told_of(terms):
            yield from which.resolve(terms)
        if heard.has_heard(terms):
            yield from heard.resolve(terms)
    if giving_way.gives_way(terms):
        yield from giving_way.resolve(terms)


def left_out(terms: Terms) -> Iterator[LeftOut]:
    """What of it cannot be taken, each with its row and why."""
    if noted.has_noted(terms):
        yield from noted.left_out(terms)
    for which in _told_of(terms):
        yield from which.left_out(terms)


def apply(terms: Terms, done: Operation) -> Iterator[Step]:
    """Take off what gives way, note topics in full, add what is named alone, then the relations."""
    if giving_way.gives_way(terms):
        yield from giving_way.apply(terms, done)
    if noted.has_noted(terms):
        yield from noted.apply(terms, done)
    yield from adding.add_all(terms, done)
    for which in _told_of(terms):
        yield from which.apply(terms, done)
    if heard.has_heard(terms):
        yield from heard.apply(terms, done)
