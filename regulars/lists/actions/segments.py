"""Keeping segments: made, changed, put away, and worked out anew."""

from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from regulars.core import audit, jobs
from regulars.core.actor import SYSTEM, Actor
from regulars.core.errors import NotAllowed
from regulars.core.events import announce
from regulars.core.jobs import RunningJob
from regulars.customers.models import CustomerQuerySet
from regulars.lists.actions.views import checked_name
from regulars.lists.errors import FilterNotPossible, NameTaken
from regulars.lists.events import CustomersEntered, CustomersLeft
from regulars.lists.models import Segment, SegmentMember
from regulars.lists.queries.filters import compile_filter, for_anybody
from regulars.lists.queries.segments import asked_by
from regulars.lists.rules import may_keep_segments
from regulars.lists.trees import InSegment, clauses_of, read

# RELIABILITY, amendments: a transaction of bulk work lasts at most 100 ms.
CHUNK = 2000


def save_segment(name: str, tree: Any, *, by: Actor, at: datetime, source: str = "desk") -> Segment:
    """Keep who fits a filter from now on, with since when; worked out in the background."""
    _check_may(by)
    segment = Segment(created_at=at, created_by_id=by.member_id, source=source)
    return _kept(segment, name, tree, "saved segment", by, at)


def change_segment(
    segment: Segment, *, name: str | None = None, tree: Any = None, by: Actor, at: datetime
) -> Segment:
    """Change what a segment is called or asks for; who no longer fits leaves it."""
    _check_may(by)
    called = segment.name if name is None else name
    return _kept(segment, called, tree, "changed segment", by, at)


@transaction.atomic
def archive_segment(segment: Segment, *, by: Actor, at: datetime) -> None:
    """Put a segment away: it is no longer worked out, and who was in it stays on record."""
    _check_may(by)
    asking = [one.name for one in asked_by(segment)]
    if asking:
        raise NotAllowed(
            _("“%(name)s” asks for this segment.") % {"name": asking[0]},
            _("Change that one first."),
        )
    segment.archived_at = at
    segment.save(update_fields=["archived_at"])
    audit.record("archived segment", segment, by=by, at=at)


def _check_may(by: Actor) -> None:
    if not may_keep_segments(by):
        raise NotAllowed(_("Owners and managers keep segments."))


def _kept(segment: Segment, name: str, tree: Any, verb: str, by: Actor, at: datetime) -> Segment:
    segment.name = checked_name(name)
    segment.changed_at = at
    if tree is not None:
        # Refuses what cannot be asked, or not by them.
        segment.tree = for_anybody(tree, by, at)
        segment.refreshed_at, segment.trouble = None, ""
        _check_for_circles(segment)
    try:
        with transaction.atomic():
            segment.save()
            audit.record(verb, segment, by=by, at=at)
            if tree is not None:
                jobs.enqueue("lists.refresh_segment", at=at, segment=segment.pk)
    except IntegrityError:
        raise NameTaken(
            _("There is a segment called “%(name)s” already.") % {"name": segment.name},
            _("Give this one another name."),
        ) from None
    return segment


def _check_for_circles(segment: Segment) -> None:
    trees = dict(Segment.objects.standing().values_list("pk", "tree"))
    waiting, seen = [segment.tree], set()
    while waiting:
        for leaf in clauses_of(read(waiting.pop())):
            if not isinstance(leaf, InSegment) or leaf.segment in seen:
                continue
            if leaf.segment == segment.pk:
                raise FilterNotPossible(_("A segment cannot ask for itself."))
            seen.add(leaf.segment)
            waiting.append(trees.get(leaf.segment, {}))


def refresh_segment(
    segment: Segment, *, at: datetime, running: RunningJob | None = None
) -> tuple[int, int]:
    """Work out who is in a segment now; returns how many entered and how many left.

    Read at one go, written in short transactions. One that is killed is done again: only what
    is still missing is written then. A segment that asks for a field that is gone stays as it is,
    and says so.
    """
    try:
        fitting = compile_filter(segment.tree, SYSTEM, at)
    except FilterNotPossible as no:
        Segment.objects.filter(pk=segment.pk).update(trouble=str(no)[:300])
        return 0, 0
    entering, leaving = _differences(segment, fitting)
    is_first = segment.refreshed_at is None
    for chunk in _chunks(entering):
        _enter(segment, chunk, is_first, at)
        if running is not None:
            running.progress(0)
    for chunk in _chunks(leaving):
        _leave(segment, chunk, is_first, at)
        if running is not None:
            running.progress(0)
    inside = SegmentMember.objects.filter(segment=segment, left_at=None).count()
    done = Segment.objects.filter(pk=segment.pk, changed_at=segment.changed_at)
    done.update(refreshed_at=at, member_count=inside, trouble="")
    return len(entering), len(leaving)


def _differences(segment: Segment, fitting: CustomerQuerySet) -> "tuple[array[int], array[int]]":
    """Who fits and is not in, who is in and does not fit. Eight bytes each, for a million."""
    inside = SegmentMember.objects.filter(segment=segment, left_at=None).order_by()
    there = array("q", inside.values_list("customer_id", flat=True).iterator(chunk_size=20_000))
    fits = array("q", fitting.order_by().values_list("pk", flat=True).iterator(chunk_size=20_000))
    was, now = set(there), set(fits)
    return array("q", sorted(now - was)), array("q", sorted(was - now))


def _chunks(ids: "array[int]") -> Iterator[Sequence[int]]:
    return (ids[start : start + CHUNK].tolist() for start in range(0, len(ids), CHUNK))


@transaction.atomic
def _enter(segment: Segment, ids: Sequence[int], is_first: bool, at: datetime) -> None:
    SegmentMember.objects.bulk_create(
        (SegmentMember(segment=segment, customer_id=pk, entered_at=at) for pk in ids),
        ignore_conflicts=True,
    )
    announce(CustomersEntered(segment.pk, at.isoformat(), len(ids), is_first), at=at)


@transaction.atomic
def _leave(segment: Segment, ids: Sequence[int], is_first: bool, at: datetime) -> None:
    inside = SegmentMember.objects.filter(segment=segment, customer__in=ids, left_at=None)
    # Two clocks may differ: nobody leaves before they came.
    inside.filter(entered_at__lte=at).update(left_at=at)
    inside.update(left_at=F("entered_at"))
    announce(CustomersLeft(segment.pk, at.isoformat(), len(ids), is_first), at=at)
