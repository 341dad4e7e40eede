"""Pages by key: the next page starts where this one ends, however long the list is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce

M = TypeVar("M", bound=Model)
SALT = "regulars.keyset"


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that a list is sorted by; the last key of a segment is unique."""

    path: str
    is_descending: bool = False

    def order(self, *, is_back: bool) -> str:
        return f"{'-' if self.is_descending != is_back else ''}{self.path}"

    def beyond(self, *, is_back: bool) -> str:
        return "lt" if self.is_descending != is_back else "gt"

    def of(self, row: Model) -> Any:
        return reduce(getattr, self.path.split("__"), row)


@dataclass(frozen=True, slots=True)
class Segment(Generic[M]):
    """A part of a list with an order of its own, such as those who never bought, at the end."""

    rows: "QuerySet[M]"
    keys: tuple[Key, ...]
    # They are known by their keys: to sort them costs less than to meet them in an index of this
    # order, in which those of one name stand together, in whatever corner.
    is_few: bool = False

    def take(self, size: int, after: Sequence[Any] | None, *, is_back: bool) -> list[int]:
        """Only the ids: sorting thousands of whole rows costs more than finding them."""
        rows = self.rows if after is None else self.rows.filter(self._beyond(after, is_back))
        orders: list[Any] = [key.order(is_back=is_back) for key in self.keys]
        if self.is_few:
            # No index has this expression.
            path = self.keys[0].path
            orders[0] = OrderBy(Coalesce(path, path), descending=orders[0].startswith("-"))
        ordered = rows.order_by(*orders)
        return list(ordered.values_list("pk", flat=True)[:size])

    def _beyond(self, values: Sequence[Any], is_back: bool) -> Q:
        """After these values: the first key as a range by itself, which an index can start at."""
        first, *rest = zip(self.keys, values, strict=True)
        beyond = first[0].beyond(is_back=is_back)
        if not rest:
            return Q(**{f"{first[0].path}__{beyond}": first[1]})
        deeper = Segment(self.rows, tuple(key for key, _value in rest))
        tie = Q(**{first[0].path: first[1]}) & deeper._beyond([v for _k, v in rest], is_back)
        further = Q(**{f"{first[0].path}__{beyond}": first[1]})
        return Q(**{f"{first[0].path}__{beyond}e": first[1]}) & (further | tie)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page starts: beyond which row of which segment, and as which row of the list."""

    number: int
    segment: int
    values: tuple[Any, ...]
    is_back: bool

    def sign(self, order: str) -> str:
        """As an address carries it; good for lists of the same order only."""
        values = [v.isoformat() if hasattr(v, "isoformat") else v for v in self.values]
        whole = [self.number, self.segment, values, int(self.is_back)]
        return signing.dumps(whole, salt=SALT + order, compress=True)

    @classmethod
    def read(cls, text: str, order: str) -> "Cursor | None":
        """A cursor that we signed ourselves for this order; anything else is the first page."""
        try:
            number, segment, values, is_back = signing.loads(text, salt=SALT + order)
        except signing.BadSignature:
            return None
        return cls(number, segment, tuple(values), bool(is_back))


@dataclass(slots=True)
class Page(Generic[M]):
    """Some rows, the number of the first, and where the pages beside it start."""

    rows: list[M] = field(default_factory=list)
    first_number: int = 1
    back: str = ""
    next: str = ""

    @property
    def last_number(self) -> int:
        return self.first_number + len(self.rows) - 1


def page_of(
    segments: Sequence[Segment[M]],
    whole: "QuerySet[M]",
    order: str,
    cursor: Cursor | None,
    size: int,
) -> Page[M]:
    """The page at a cursor; `whole` loads its rows with all that is shown of them.

    Going back and finding the beginning is the first page.
    """
    if cursor is not None and cursor.segment >= len(segments):
        cursor = None
    is_back = cursor is not None and cursor.is_back
    found = _take(segments, cursor, size + 1, is_back=is_back)
    if is_back and len(found) <= size:
        return page_of(segments, whole, order, None, size)
    loaded = whole.in_bulk([pk for _at, pk in found[:size]])
    shown = [(at, loaded[pk]) for at, pk in found[:size] if pk in loaded]
    if is_back:
        shown.reverse()
    number = 1 if cursor is None else max(1, cursor.number)
    page = Page([row for _at, row in shown], number)
    if shown and cursor is not None:
        before = max(1, number - size)
        page.back = _cursor(segments, shown[0], before, is_back=True).sign(order)
    if shown and (is_back or len(found) > size):
        after = number + len(shown)
        page.next = _cursor(segments, shown[-1], after, is_back=False).sign(order)
    return page


def _cursor(
    segments: Sequence[Segment[M]], shown: tuple[int, M], number: int, *, is_back: bool
) -> Cursor:
    at, row = shown
    return Cursor(number, at, tuple(key.of(row) for key in segments[at].keys), is_back)


def _take(
    segments: Sequence[Segment[M]], cursor: Cursor | None, size: int, *, is_back: bool
) -> list[tuple[int, int]]:
    start = cursor.segment if cursor else 0
    left = range(start, -1, -1) if is_back else range(start, len(segments))
    found: list[tuple[int, int]] = []
    for at in left:
        after = cursor.values if cursor and at == start else None
        ids = segments[at].take(size - len(found), after, is_back=is_back)
        found += [(at, pk) for pk in ids]
        if len(found) >= size:
            break
    return found


def is_whole(text: str) -> bool:
    """Whether an address or a form names a number that a database may hold."""
    return text.isascii() and text.isdecimal() and len(text) < 19
