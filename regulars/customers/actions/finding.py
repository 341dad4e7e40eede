"""Looking for duplicates: writing down which pairs there are, and what somebody made of one."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.bulk import merge_rows
from regulars.core.events import announce
from regulars.customers.actions.merging import Choice, merge_customers
from regulars.customers.choices import Kind, Made
from regulars.customers.errors import DuplicateDecided
from regulars.customers.events import DuplicatesFound
from regulars.customers.models import Customer, Duplicate
from regulars.customers.sieves import found_by_engine
from regulars.customers.sifting import SMALL, likenesses, sifted_here
from regulars.customers.verdicts import Alike, clusters_of

# A transaction of a few milliseconds each.
CHUNK = 500
Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Found:
    """What a look through the list came to."""

    customers: int
    open: int
    automatic: int
    merged: int


def in_silence(_step: str, _done: int, _total: int) -> None:
    """For those who need not be told how far it is."""


def find_duplicates(
    *,
    by: Actor,
    at: datetime,
    merges: bool = False,
    engine: str | None = None,
    step: Step = in_silence,
) -> Found:
    """Look through the whole list for customers who may be one.

    With `merges`, those that speak for themselves are merged, each so that it can be undone.
    """
    listed = Customer.objects.on_the_list().exclude(kind=Kind.DEPARTMENT)
    count = listed.count()
    step(_("Comparing"), 0, count)
    if count <= SMALL and engine is None:
        alike = sifted_here(likenesses(listed))
    else:
        alike = found_by_engine(engine, step=lambda word: step(word, 0, count))
    alike = _undecided(alike)
    _write(alike, at=at, step=step)
    merged = merge_automatic(alike, by=by, at=at, step=step) if merges else 0
    found = Found(
        count, Duplicate.objects.waiting().count(), sum(one.is_automatic for one in alike), merged
    )
    audit.record(
        "looked for duplicates", "customers.duplicate", by=by, at=at,
        customers=count, found=len(alike), merged=merged,
    )  # fmt: skip
    announce(DuplicatesFound(found.open, merged), at=at)
    return found


def merge_automatic(
    alike: Sequence[Alike], *, by: Actor, at: datetime, step: Step = in_silence
) -> int:
    """Merge who speaks for being one: only where each of a group speaks for each other."""
    groups = clusters_of(list(alike))
    total = sum(len(group) - 1 for group in groups)
    done = 0
    for group in groups:
        rows = Customer.objects.on_the_list().in_bulk(group)
        # The oldest card stays: others know it by its number.
        known = [rows[pk] for pk in sorted(rows, key=lambda pk: (rows[pk].created_at, pk))]
        for other in known[1:]:
            merge_customers(known[0], other, by=by, at=at, choice=Choice(is_automatic=True))
            done += 1
            step(_("Merging"), done, total)
    return done


@transaction.atomic
def tell_apart(duplicate: Duplicate, *, by: Actor, at: datetime) -> Duplicate:
    """Say that two are not the same: they are never proposed or merged by themselves again."""
    return _decide(duplicate, Made.OPEN, Made.APART, "told apart", by=by, at=at)


@transaction.atomic
def ask_again(duplicate: Duplicate, *, by: Actor, at: datetime) -> Duplicate:
    """Take back that two are not the same."""
    return _decide(duplicate, Made.APART, Made.OPEN, "asked again", by=by, at=at)


def _decide(
    duplicate: Duplicate, was: Made, state: Made, verb: str, *, by: Actor, at: datetime
) -> Duplicate:
    duplicate = Duplicate.objects.select_for_update().get(pk=duplicate.pk)
    if duplicate.state != was:
        raise DuplicateDecided(_("Somebody has decided about these two already."))
    duplicate.state, duplicate.decided_at, duplicate.decided_by_id = state, at, by.member_id
    duplicate.save(update_fields=["state", "decided_at", "decided_by"])
    audit.record(verb, duplicate, by=by, at=at, low=duplicate.low_id, high=duplicate.high_id)
    return duplicate


# Writing down


def _undecided(alike: Iterable[Alike]) -> list[Alike]:
    """Without the pairs that somebody told apart, themselves or as cards they were merged from."""
    apart = Duplicate.objects.filter(state=Made.APART).values_list("low_id", "high_id")
    heirs = dict(Customer.objects.exclude(merged_into=None).values_list("pk", "merged_into_id"))

    def heir_of(pk: int) -> int:
        while pk in heirs:
            pk = heirs[pk] or pk
        return pk

    told = set(apart) | {tuple(sorted((heir_of(low), heir_of(high)))) for low, high in apart}
    return [one for one in alike if (one.low, one.high) not in told]


def _write(alike: Sequence[Alike], *, at: datetime, step: Step) -> None:
    """Keep every pair once: what was decided stays decided, what is no more found goes."""
    moment = connection.ops.adapt_datetimefield_value(at)
    rows = iter(alike)
    done = 0
    while some := list(islice(rows, CHUNK)):
        with transaction.atomic():
            there = set(
                Customer.objects.filter(
                    pk__in={pk for one in some for pk in (one.low, one.high)}
                ).values_list("pk", flat=True)
            )
            merge_rows(
                Duplicate,
                ("low_id", "high_id", "score", "levels", "is_automatic", "state", "found_at"),
                _as_rows((one for one in some if {one.low, one.high} <= there), moment),
                key=("low_id", "high_id"),
                on_conflict=(
                    "UPDATE SET score = excluded.score, levels = excluded.levels,"
                    " is_automatic = excluded.is_automatic, found_at = excluded.found_at"
                    " WHERE customers_duplicate.state IN ('open', 'merged')"
                ),
            )
        done += len(some)
        step(_("Writing down"), done, len(alike))
    Duplicate.objects.filter(state=Made.OPEN, found_at__lt=at).delete()


def _as_rows(alike: Iterable[Alike], moment: Any) -> Iterator[tuple[Any, ...]]:
    for one in alike:
        levels = json.dumps(dict(one.levels))
        yield (
            one.low, one.high, one.score, levels, one.is_automatic, Made.OPEN.value, moment
        )  # fmt: skip
