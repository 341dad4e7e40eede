"""What rows say in columns that rooms above take: kept as they read it, and handed over to them."""

# Statements are put together from constants of this file; every value is bound.

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction

from regulars.core.bulk import id_ranges, rows_of
from regulars.core.column_sets import (
    Batch,
    Field,
    Heard,
    Step,
    Terms,
    Untaken,
    WordTaker,
    word_takers,
)
from regulars.core.errors import Refusal
from regulars.core.models import Operation
from regulars.customers.models import StagedCustomer, StagedDetail

CHUNK = 300
_HEARD = (
    "SELECT s.id, s.customer_id, d.value FROM customers_stageddetail d"
    " JOIN customers_stagedcustomer s ON s.import_id = d.import_id AND s.key = d.key"
    " WHERE +d.import_id = %(import)s AND d.id BETWEEN %(low)s AND %(high)s"
    " AND d.kind = %(kind)s AND s.customer_id IS NOT NULL ORDER BY d.id"
)
NO_PLACE = ("", "", "", "", "")


def heard_fields() -> tuple[Field, ...]:
    return tuple(field for taker in word_takers for field in taker.fields)


def words_heard(batch: Batch, at: int, untaken: list[Untaken]) -> Iterator[tuple[Any, ...]]:
    """What one row says to each room that listens, as details; unreadable ones are noted."""
    for taker in word_takers:
        names = [field.name for field in taker.fields if field.name in batch.columns]
        if taker.fields[0].name not in names:
            continue
        try:
            told = taker.read({name: batch.columns[name][at] for name in names})
        except Refusal as no:
            untaken.append((batch.rows[at], names[0], no.sentence))
            continue
        if told is not None:
            yield taker.kind, "", json.dumps(dict(told)), taker.kind, "", "", *NO_PLACE


def has_heard(terms: Terms) -> bool:
    kinds = [taker.kind for taker in word_takers]
    return StagedDetail.objects.filter(import_id=terms.import_id, kind__in=kinds).exists()


def resolve(terms: Terms) -> Iterator[Step]:
    """Mark the known customers of whom the file says something new."""
    for taker in word_takers:
        yield from _over(terms, taker, lambda rows, taker: _mark(rows, taker, terms))


def apply(terms: Terms, done: Operation) -> Iterator[Step]:
    """Have it written by those who take it, in short transactions."""
    for taker in word_takers:
        yield from _over(
            terms, taker, lambda rows, taker: taker.take(list(rows.values()), terms, done)
        )


Rows = dict[int, Heard]


def _over(
    terms: Terms, taker: WordTaker, work: Callable[[Rows, WordTaker], None]
) -> Iterator[Step]:
    for low, high in id_ranges(StagedDetail, terms.import_id, CHUNK):
        yield _step(terms, taker, work, low, high)


def _step(
    terms: Terms, taker: WordTaker, work: Callable[[Rows, WordTaker], None], low: int, high: int
) -> Step:
    def run() -> int:
        asked = {"import": terms.import_id, "low": low, "high": high, "kind": taker.kind}
        with transaction.atomic():
            found = rows_of(_HEARD, asked)
            rows = {staged: Heard(customer, json.loads(told)) for staged, customer, told in found}
            if rows:
                work(rows, taker)
        return high - low + 1

    return run


def _mark(rows: Rows, taker: WordTaker, terms: Terms) -> None:
    changed = taker.would_change(list(rows.values()), terms)
    staged = [pk for pk, heard in rows.items() if heard.customer_id in changed]
    StagedCustomer.objects.filter(pk__in=staged, is_new=False).update(is_changed=True)
