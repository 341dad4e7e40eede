"""Undoing an operation: newest first, in short transactions, from where a killed run stopped.

A field is put back where it still holds what the operation wrote; what somebody changed since
stays, and is told. A row that the operation made goes, unless somebody has used it since.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from django.db import models, transaction
from django.db.models import Max

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.bulk import rows_of
from regulars.core.faults import fault
from regulars.core.models import AuditEntry, Image, Operation
from regulars.core.operations import refuse_to_undo, tables
from regulars.core.pace import Pace
from regulars.core.putting_back import (
    Outcome,
    bring_back,
    may_be_in_use,
    restore,
    take_away,
    take_stock,
)
from regulars.core.side_by_side import both, may_work_side_by_side, second_connection

# Small enough for a transaction of 100 ms on SQLite, where every customer has words of search:
# images of single rows, and of stretches of rows with what they weigh together: 2,500 customers
# with what is theirs. A row that others may use weighs three, because all of them are asked.
IMAGES, STRETCHES, WEIGHT, MOST_WEIGHT = 1000, 40, 18_000, 144_000
MOST_EXAMPLES = 50
MOST_LOOKED_AT = 10_000

Step = Callable[[], int]


def undo(
    operation: Operation, *, by: Actor, at: datetime, ending: Callable[[], None] | None = None
) -> Iterator[Step]:
    """Put back what an operation found, step by step; what was changed since stays and is told.

    Each step is one short transaction and returns how many images it settled; run each before
    asking for the next. Run again after a kill, it goes on where it was. `ending` is called in the
    last transaction.
    """
    refuse_to_undo(operation, at=at)
    return _steps(operation, by, at, ending)


def undo_now(operation: Operation, *, by: Actor, at: datetime) -> Operation:
    """Undo something small at once."""
    for step in undo(operation, by=by, at=at):
        step()
    return operation


def _steps(
    operation: Operation, by: Actor, at: datetime, ending: Callable[[], None] | None
) -> Iterator[Step]:
    operation.refresh_from_db()
    if operation.undone_from is None:
        yield from _looking(operation)
        yield lambda: _begin(operation)
    pace = Pace(WEIGHT, MOST_WEIGHT)
    with second_connection() as beside:
        while images := _newest(operation, operation.undone_from, pace.size):
            more = _newest(operation, images[-1].pk, WEIGHT) if _may_go_beside(images) else []
            if more and _may_go_beside(more):
                yield partial(_settle_both, operation, images, more, beside)
            else:
                yield partial(_settle, operation, images, pace)
    yield lambda: _end(operation, by, at, ending)


def _may_go_beside(images: list[Image]) -> bool:
    """Rows that were made are nobody's but the operation's, and older ones know no newer ones."""
    return images[:1] != [] and images[0].deed == Image.Deed.CREATED and may_work_side_by_side()


def _looking(operation: Operation) -> Iterator[Step]:
    """First, while everything still stands: which of the rows that it made are in use."""
    # A look that was cut short begins again.
    yield lambda: _forget_look(operation)
    made = Image.objects.filter(operation=operation, deed=Image.Deed.CREATED)
    # What points to others comes first: a line that is in use keeps its order, that its customer.
    for label in reversed(tables.names()):
        if not may_be_in_use(tables[label]):
            continue
        of_table = made.filter(model_label=label, low_id__isnull=False).order_by("low_id")
        for low, high in list(_joined(of_table.values_list("low_id", "high_id"))):
            yield _look(operation, label, low, high)


def _joined(stretches: Iterable[tuple[int | None, int | None]]) -> Iterator[tuple[int, int]]:
    """Stretches that follow one another as longer ones: to look costs less than to take away."""
    low = high = None
    for begins, ends in stretches:
        if begins is None or ends is None:
            continue
        if low is not None and high == begins - 1 and ends - low < MOST_LOOKED_AT:
            high = ends
            continue
        if low is not None and high is not None:
            yield low, high
        low, high = begins, ends
    if low is not None and high is not None:
        yield low, high


def _look(operation: Operation, label: str, low: int, high: int) -> Step:
    def run() -> int:
        with transaction.atomic():
            take_stock(operation, tables[label], low, high)
        return 0

    return run


def _forget_look(operation: Operation) -> int:
    Image.objects.filter(operation=operation, deed=Image.Deed.KEPT).delete()
    return 0


def _begin(operation: Operation) -> int:
    newest = _images(operation).aggregate(newest=Max("id"))["newest"]
    operation.undone_from, operation.report = (newest or 0) + 1, {}
    operation.save(update_fields=["undone_from", "report"])
    return 0


def _images(operation: Operation) -> "models.QuerySet[Image]":
    return Image.objects.filter(operation=operation).exclude(deed=Image.Deed.KEPT)


def _newest(operation: Operation, below: int | None, most: int) -> list[Image]:
    """The newest images that are alike, none of them of a row that stands among them already.

    Rows that were made go together with what was made for them: they share the pages of indexes,
    and whoever took away a customer at the same time would wait until the addresses are gone.
    """
    found: list[Image] = []
    weight, whole, seen = 0, 0, set()
    for image in _waiting(operation, below):
        name = (image.model_label, image.low_id, image.key)
        weight += _weight(image)
        if found and (_sort(image) != _sort(found[0]) or name in seen):
            break
        if found and weight > most:
            return found[: whole or None]
        seen.add(name)
        found.append(image)
        if not tables[image.model_label].part_of:
            whole = len(found)
    return found


def _weight(image: Image) -> int:
    rows = (image.high_id or 0) - (image.low_id or 0) + 1
    return 3 * rows if may_be_in_use(tables[image.model_label]) else rows


def _waiting(operation: Operation, below: int | None) -> list[Image]:
    # The plus keeps SQLite from sorting all images of the operation each time.
    newest = (
        "SELECT id FROM core_image WHERE id < %s AND +operation_id = %s AND deed <> 'kept'"
        " ORDER BY id DESC LIMIT %s"
    )
    values = [below, operation.pk]
    first = Image.objects.filter(pk__in=[row[0] for row in rows_of(newest, [*values, 1])]).first()
    if first is None:
        return []
    most = STRETCHES if first.deed == Image.Deed.CREATED else IMAGES
    ids = [row[0] for row in rows_of(newest, [*values, most])]
    return list(Image.objects.filter(pk__in=ids).order_by("-pk"))


def _sort(image: Image) -> tuple[str, str]:
    return "" if image.deed == Image.Deed.CREATED else image.model_label, image.deed


def _settle(operation: Operation, images: list[Image], pace: Pace) -> int:
    begun = time.perf_counter()
    with transaction.atomic():
        _note(operation, images, _put_back(operation, images))
    pace.learn(sum(map(_weight, images)), time.perf_counter() - begun)
    fault("undo.settled")
    return len(images)


def _settle_both(
    operation: Operation, images: list[Image], more: list[Image], beside: ThreadPoolExecutor
) -> int:
    """Settle the newest and those before them at the same time; the newest count first."""
    found: list[Outcome] = []
    done = operation.undone_from
    both(
        beside,
        lambda: _note(operation, images, _put_back(operation, images)),
        lambda: found.extend(_put_back(operation, more)),
        lambda: _note(operation, more, found),
    )
    operation.refresh_from_db()
    if operation.undone_from == done:
        return _settle(operation, images, Pace(WEIGHT))
    fault("undo.settled")
    return len(images) + (len(more) if operation.undone_from == more[-1].pk else 0)


def _put_back(operation: Operation, images: list[Image]) -> list[Outcome]:
    table = tables[images[0].model_label]
    if images[0].deed == Image.Deed.CREATED:
        return [take_away(operation, tables[image.model_label], image) for image in images]
    if images[0].deed == Image.Deed.DELETED:
        return [bring_back(table, images)]
    return [restore(table, images)]


def _note(operation: Operation, images: list[Image], outcomes: list[Outcome]) -> None:
    operation.undone_from = images[-1].pk
    operation.report = _report(operation, outcomes)
    operation.save(update_fields=["undone_from", "report"])


def _report(operation: Operation, outcomes: list[Outcome]) -> dict[str, object]:
    told = dict(operation.report)
    examples = list(told.get("examples", []))
    for outcome in outcomes:
        for name, count in outcome.counts.items():
            told[name] = told.get(name, 0) + count
        fresh = outcome.examples[: max(0, MOST_EXAMPLES - len(examples))]
        examples += [one | {"who": _who_knows(operation, one)} for one in fresh]
    return told | {"examples": examples}


def _who_knows(operation: Operation, example: dict[str, object]) -> str:
    """Who changed that row last, after the operation."""
    entries = AuditEntry.objects.filter(
        thing=example["table"], thing_id=str(example["row"]), at__gte=operation.made_at
    )
    return entries.order_by("-id").values_list("actor_name", flat=True).first() or ""


@transaction.atomic
def _end(operation: Operation, by: Actor, at: datetime, ending: Callable[[], None] | None) -> int:
    operation.undone_at, operation.undone_by_id = at, by.member_id
    operation.save(update_fields=["undone_at", "undone_by_id"])
    counts = {name: count for name, count in operation.report.items() if name != "examples"}
    audit.record("undid", operation, by=by, at=at, **counts)
    if ending is not None:
        ending()
    return 0
