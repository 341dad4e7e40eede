"""Who stands behind a number that lists have no words for: kept packed, beside the figure."""

import sys
import zlib
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.errors import NotAllowed
from regulars.customers.models import Customer
from regulars.insight.errors import TooManyToList
from regulars.insight.models import Behind, BehindMember
from regulars.insight.rules import may_count

T = TypeVar("T")
ALL, CAME = "all", "came"
FIRST = "first"
LEAST_PACKING = 1
ROWS_AT_ONCE = 500
BYTES_AT_ONCE = 1_000_000
MOST_LISTED = 20_000


def cell_of_move(month: str, before: str, after: str) -> str:
    """“2026-10/active/slipping”; who was in no tier before comes from “first”."""
    return f"{month[:7]}/{before or FIRST}/{after}"


def cell_of_goods(product: str, part: str) -> str:
    return f"{_mark(product)}/{part}"


def cell_of_step(product: str, next_product: str, has_come: bool) -> str:
    return _mark(product, next_product, str(bool(has_come)))


def _mark(*words: str) -> str:
    """Names of goods hold anything; an address takes little."""
    return blake2b("\0".join(words).encode(), digest_size=8).hexdigest()


def runs(columns: Mapping[str, Any], *names: str) -> Iterator[tuple[tuple[Any, ...], slice]]:
    """Where each run of equal values stands, in rows that are ordered by them."""
    import numpy as np

    count = len(columns[names[0]])
    if not count:
        return
    edges = np.zeros(count - 1, dtype=bool)
    for name in names:
        edges |= columns[name][1:] != columns[name][:-1]
    begins = [0, *(np.flatnonzero(edges) + 1).tolist()]
    for begin, end in zip(begins, [*begins[1:], count], strict=True):
        yield tuple(columns[name][begin] for name in names), slice(begin, end)


def packed(ids: Any) -> bytes:
    """Numbers of customers, in their order."""
    whole = array("q", ids.tolist())
    if sys.byteorder == "big":
        whole.byteswap()
    return zlib.compress(whole.tobytes(), LEAST_PACKING)


def unpacked(kept: bytes) -> Sequence[int]:
    whole = array("q", zlib.decompress(kept))
    if sys.byteorder == "big":
        whole.byteswap()
    return whole


def keep_behind(
    found: Mapping[tuple[str, str], Any], *, at: datetime, but_of: Collection[str] = ()
) -> None:
    """In place of what the count before found; a list that was opened stays as it was opened.

    What is behind some figures stands, where they were not counted (`but_of`). In short
    transactions: in between, a list may already be that of the count that comes.
    """
    rows = [
        Behind(figure=figure, cell=cell, customer_count=len(ids), ids=packed(ids), counted_at=at)
        for (figure, cell), ids in found.items()
    ]
    for some in _by_size((len(row.ids), row) for row in rows):
        with transaction.atomic():
            Behind.objects.bulk_create(
                some, update_conflicts=True, unique_fields=["figure", "cell"],
                update_fields=["customer_count", "ids", "counted_at"],
            )  # fmt: skip
    over = Behind.objects.exclude(counted_at=at).exclude(figure__in=but_of)
    sized = list(over.values_list("customer_count", "pk"))
    for gone in _by_size((8 * count, pk) for count, pk in sized):
        with transaction.atomic():
            Behind.objects.filter(pk__in=gone).delete()


def _by_size(sized: Iterable[tuple[int, T]]) -> Iterator[list[T]]:
    """Stretches that are written in less than others can wait for."""
    some: list[T] = []
    room = BYTES_AT_ONCE
    for size, one in sized:
        if some and (size > room or len(some) == ROWS_AT_ONCE):
            yield some
            some, room = [], BYTES_AT_ONCE
        some.append(one)
        room -= size
    if some:
        yield some


def customers_behind(behind: Behind) -> Sequence[int]:
    return unpacked(bytes(behind.ids))


def check_may_list(by: Actor) -> None:
    if not may_count(by):
        raise NotAllowed(_("Only an owner or a manager may open them as a list."))


@transaction.atomic
def list_behind(behind: Behind, *, title: str, by: Actor, at: datetime) -> Behind:
    """Have those behind a number as a list of customers, to filter, to export or to write to."""
    check_may_list(by)
    if behind.customer_count > MOST_LISTED:
        raise TooManyToList(MOST_LISTED)
    Behind.objects.filter(pk=behind.pk).update(title=title[:200])
    behind.members.all().delete()
    there = Customer.objects.in_bulk(customers_behind(behind)).keys()
    BehindMember.objects.bulk_create(
        [BehindMember(behind=behind, customer_id=pk) for pk in there], batch_size=ROWS_AT_ONCE
    )
    audit.record("listed those behind", behind, by=by, at=at, customers=len(there))
    return behind
