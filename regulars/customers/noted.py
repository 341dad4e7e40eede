"""Interests and needs as our own files tell them in full: their words, days, whether still true."""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core.before_images import changing, remember_created
from regulars.core.bulk import fresh_ids, id_ranges, rows_of
from regulars.core.column_sets import Field, FieldKind, LeftOut, Step, Terms
from regulars.core.models import Operation
from regulars.core.several import noted_in
from regulars.customers.choices import InterestKind
from regulars.customers.comparing import policy_of
from regulars.customers.models import Interest, StagedCustomer, StagedDetail
from regulars.customers.naming import folded_name

NOTED = "noted"
LONGEST_TOPIC, LONGEST_SOURCE = 120, 40
NOTED_FIELDS = (
    Field("interests_noted", gettext_lazy("Interests, as noted"), FieldKind.TEXT,
          ("interests, as noted",), listed=("customer.interests",),
          part_of=gettext_lazy("Interests")),
    Field("needs_noted", gettext_lazy("Needs, as noted"), FieldKind.TEXT,
          ("needs, as noted",), listed=("customer.needs",), part_of=gettext_lazy("Needs")),
)  # fmt: skip
KIND_OF = {"interests_noted": InterestKind.INTEREST, "needs_noted": InterestKind.NEED}
_FIELD_OF = {kind.value: name for name, kind in KIND_OF.items()}
DAYS = ("noted", "confirmed", "ended")
WRITTEN = ("words", "source", "noted_on", "confirmed_on", "is_still_true", "ended_on")
CHUNK = 300
_ENTRIES = (
    "SELECT s.id, s.customer_id, s.is_new, d.label, d.value, d.beside"
    " FROM customers_stageddetail d JOIN customers_stagedcustomer s"
    " ON s.import_id = d.import_id AND s.key = d.key WHERE +d.import_id = %(import)s"
    f" AND d.id BETWEEN %(low)s AND %(high)s AND d.kind = '{NOTED}' AND d.beside <> ''"
    " AND s.customer_id IS NOT NULL ORDER BY d.id"
)
NO_PLACE = ("", "", "", "", "")


def reader_of_noted(values: Sequence[str], kind: InterestKind) -> Any:
    """Each topic of a cell as it was noted; one that still holds is named plainly as well."""

    def read(at: int) -> Iterator[tuple[Any, ...]]:
        for topic, told in _entries(values[at]):
            beside = json.dumps(told) if told is not None else ""
            sign = hashlib.sha256(f"{kind}|{topic}|{beside}".encode()).hexdigest()
            yield NOTED, kind.value, topic, sign, "", "", *NO_PLACE, beside
            if told is not None and "ended" not in told:
                yield kind.value, "", topic, folded_name(topic)[:LONGEST_TOPIC], "", "", *NO_PLACE

    return read


def _entries(cell: str) -> Iterator[tuple[str, dict[str, str] | None]]:
    if not cell.strip():
        return
    read = noted_in(cell)
    if read is None:
        yield cell, None
        return
    for first, told in read:
        topic = " ".join(first.split())[:LONGEST_TOPIC]
        is_known = set(told) <= {*DAYS, "words", "source"} and bool(folded_name(topic))
        is_read = is_known and all(day_of(told[name]) for name in DAYS if name in told)
        yield (topic or cell), (told if is_read else None)


def day_of(text: str) -> date | None:
    """A day as our own files write it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass
class Entry:
    """One row's word on a topic of a customer."""

    staged: int
    customer: int
    is_new: bool
    kind: str
    topic: str
    beside: str

    @cached_property
    def told(self) -> dict[str, str]:
        return dict(json.loads(self.beside))

    @property
    def folded(self) -> str:
        return folded_name(self.topic)[:LONGEST_TOPIC]

    def written_on(self, one: Interest) -> Interest:
        """Write all that the file says onto what is noted."""
        one.words = self.told.get("words", "")
        one.source = self.told.get("source", one.source)[:LONGEST_SOURCE]
        one.noted_on = day_of(self.told.get("noted", "")) or one.noted_on
        one.confirmed_on = day_of(self.told.get("confirmed", ""))
        one.ended_on = day_of(self.told.get("ended", ""))
        one.is_still_true = "ended" not in self.told
        return one


def has_noted(terms: Terms) -> bool:
    return StagedDetail.objects.filter(import_id=terms.import_id, kind=NOTED).exists()


def resolve(terms: Terms) -> Iterator[Step]:
    """Mark the known customers of whom the file tells something new."""
    yield from _over(terms, lambda low, high: _mark(terms, low, high))


def apply(terms: Terms, done: Operation) -> Iterator[Step]:
    """Note what the file tells, in short transactions."""
    yield from _over(terms, lambda low, high: _write(terms, done, low, high))


def left_out(terms: Terms) -> Iterator[LeftOut]:
    """The lines that are not as our own files write them."""
    unread = StagedDetail.objects.filter(import_id=terms.import_id, kind=NOTED, beside="")
    for row, kind, value in unread.order_by("id").values_list("row_no", "label", "value"):
        yield LeftOut("customers", row, _FIELD_OF[kind], value[:200], _(
            "This is not as our own files note it, like “Rye; noted: 2026-03-01; words: dark”. "
            "Write the topics alone in another column, and choose “Interests” or “Needs” for it."
        ))  # fmt: skip


def _over(terms: Terms, work: Callable[[int, int], None]) -> Iterator[Step]:
    for low, high in id_ranges(StagedDetail, terms.import_id, CHUNK):
        yield _step(work, low, high)


def _step(work: Callable[[int, int], None], low: int, high: int) -> Step:
    def run() -> int:
        with transaction.atomic():
            work(low, high)
        return high - low + 1

    return run


def _mark(terms: Terms, low: int, high: int) -> None:
    changed = [entry.staged for entry, _one in _changes(terms, low, high)]
    if changed:
        StagedCustomer.objects.filter(pk__in=changed, is_new=False).update(is_changed=True)


def _write(terms: Terms, done: Operation, low: int, high: int) -> None:
    # One that two rows tell of is written once.
    changes = {id(one): one for _entry, one in _changes(terms, low, high)}.values()
    known = {one.pk: one for one in changes if one.pk}
    if known:
        with changing(done, Interest, WRITTEN, sorted(known)):
            Interest.objects.bulk_update(known.values(), WRITTEN)
    made = [one for one in changes if not one.pk]
    for one, pk in zip(made, fresh_ids(Interest, len(made)), strict=True):
        one.pk = pk
    Interest.objects.bulk_create(made)
    if made:
        remember_created(done, Interest, [one.pk for one in made])


def _changes(terms: Terms, low: int, high: int) -> list[tuple[Entry, Interest]]:
    """What is to be written, each with the row that says it; what holds already is left out."""
    values = {"import": terms.import_id, "low": low, "high": high}
    entries = [Entry(*row) for row in rows_of(_ENTRIES, values)]
    noted: dict[tuple[int, str], list[Interest]] = {}
    theirs = Interest.objects.filter(customer__in={entry.customer for entry in entries})
    for one in theirs.order_by("-is_still_true", "pk"):
        noted.setdefault((one.customer_id, one.kind), []).append(one)
    found = []
    for entry in entries:
        have = noted.setdefault((entry.customer, entry.kind), [])
        if (told := _told(entry, have, terms)) is not None:
            found.append((entry, told))
    return found


def _told(entry: Entry, have: list[Interest], terms: Terms) -> Interest | None:
    policy = policy_of(terms, _FIELD_OF[entry.kind])
    twin = _twin(entry, have)
    if twin is None:
        before = [one for one in have if one.created_at != terms.at]
        if not entry.is_new and (policy == "ignore" or (policy == "fill" and before)):
            return None
        one = entry.written_on(_blank(entry, terms))
        have.append(one)
        return one
    if policy == "overwrite":
        return _written_over(entry, twin, have)
    if policy in ("", "append") and entry.told.get("words") and not twin.words:
        twin.words = entry.told["words"]
        return twin
    return None


def _blank(entry: Entry, terms: Terms) -> Interest:
    return Interest(
        customer_id=entry.customer, kind=entry.kind, topic=entry.topic, folded=entry.folded,
        source=terms.source, noted_on=terms.at.date(), created_at=terms.at,
    )  # fmt: skip


def _twin(entry: Entry, have: Sequence[Interest]) -> Interest | None:
    """What is noted already of this topic: of the same day, else the one that still holds."""
    same = [one for one in have if one.folded == entry.folded]
    day, end = (day_of(entry.told.get(name, "")) for name in ("noted", "ended"))
    of_the_day = [
        one for one in same if (one.noted_on == day if day else end and one.ended_on == end)
    ]
    still = [one for one in same if one.is_still_true and "ended" not in entry.told]
    return next(iter([*of_the_day, *still]), None)


def _written_over(entry: Entry, twin: Interest, have: Sequence[Interest]) -> Interest | None:
    held = [getattr(twin, name) for name in WRITTEN]
    others = [one for one in have if one is not twin and one.folded == twin.folded]
    if "ended" not in entry.told and any(one.is_still_true for one in others):
        # Another of this topic holds: two cannot.
        return None
    entry.written_on(twin)
    return twin if [getattr(twin, name) for name in WRITTEN] != held else None
