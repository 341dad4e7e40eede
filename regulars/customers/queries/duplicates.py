"""Who may be one, for reading: pairs that wait, merges that can be undone, twins of a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from regulars.core.actor import Actor
from regulars.core.bulk import rows_of
from regulars.customers.choices import Kind, Made, PointKind
from regulars.customers.errors import CustomerNotFound, DuplicateNotFound, MergeNotFound
from regulars.customers.likeness import Likeness, likeness_of
from regulars.customers.lookups import Words
from regulars.customers.models import ContactPoint, Customer, CustomerQuerySet, Duplicate, Merge
from regulars.customers.models.duplicates import DuplicateQuerySet
from regulars.customers.naming import normal_of, seal_of, sort_name_of, sought_words
from regulars.customers.queries.people import customers_for
from regulars.customers.rules import may_merge
from regulars.customers.sifting import alike_of, likenesses, names_of, own_points, phone_of
from regulars.customers.verdicts import Alike

MOST_TWINS, MOST_LOOKED_AT = 3, 30
MOST_COUNTED = 1_000
# How many letters of each name are taken to be written right.
BEGUN = 3
# What a new customer must have in common with one on the list before we ask.
WORTH_ASKING = 5.0


def duplicates_for(actor: Actor) -> DuplicateQuerySet:
    """Pairs that nobody has decided about, the likeliest first; for whoever may merge."""
    waiting = Duplicate.objects.waiting()
    return waiting if may_merge(actor) else waiting.none()


def waiting_count(actor: Actor) -> int:
    """How many pairs wait, as far as anybody would count: a thousand are many."""
    return duplicates_for(actor)[:MOST_COUNTED].count()


def sure_count(actor: Actor) -> int:
    """How many of the pairs that wait speak for themselves."""
    return duplicates_for(actor).filter(is_automatic=True)[:MOST_COUNTED].count()


def lately_merged(actor: Actor, *, at: datetime, most: int) -> list[Merge]:
    """The latest merges that can still be taken apart, for whoever may merge."""
    merges = Merge.objects.filter(undone_at=None, operation__keep_until__gt=at)
    known = merges.select_related("survivor", "merged").order_by("-made_at", "-id")
    return list(known[:most]) if may_merge(actor) else []


def lately_apart(actor: Actor, *, most: int) -> list[Duplicate]:
    """The latest pairs that somebody said are not the same, both of whom are still there."""
    apart = Duplicate.objects.filter(
        state=Made.APART, low__archived_at=None, high__archived_at=None
    ).select_related("low", "high")
    return list(apart.order_by("-decided_at", "-id")[:most]) if may_merge(actor) else []


def duplicate_for(actor: Actor, duplicate_id: int) -> Duplicate:
    """One pair, decided or not."""
    pairs = Duplicate.objects.select_related("low", "high") if may_merge(actor) else None
    found = pairs.filter(pk=duplicate_id).first() if pairs is not None else None
    if found is None:
        raise DuplicateNotFound
    return found


def pair_of(actor: Actor, one: int, other: int) -> Duplicate:
    """The pair that two customers are."""
    low, high = sorted((one, other))
    found = Duplicate.objects.filter(low_id=low, high_id=high).first() if may_merge(actor) else None
    if found is None:
        raise DuplicateNotFound
    return found


def merge_for(actor: Actor, merge_id: int) -> Merge:
    """One merge, so that it can be undone."""
    merges = Merge.objects.select_related("survivor", "merged", "operation")
    found = merges.filter(pk=merge_id).first() if may_merge(actor) else None
    if found is None:
        raise MergeNotFound
    return found


def mergeable(actor: Actor, customer_id: int) -> Customer:
    """A customer for merging: who was merged or deleted is found too, so that it can be said."""
    found = Customer.objects.filter(pk=customer_id).first() if may_merge(actor) else None
    if found is None:
        raise CustomerNotFound
    return found


def is_merger(actor: Actor) -> bool:
    return may_merge(actor)


def survivor_of(customer_id: int) -> int | None:
    """Whom a merged customer was merged into, to the end of the chain; None for anybody else."""
    at, seen = customer_id, set[int]()
    while at not in seen:
        seen.add(at)
        found = Customer.objects.filter(pk=at).values_list("merged_into_id", flat=True).first()
        if found is None:
            break
        at = found
    return None if at == customer_id else at


def standing_merges(customer: Customer) -> "Sequence[Merge]":
    """Merges into this customer that can still be undone, the latest first."""
    merges = Merge.objects.filter(survivor=customer, undone_at=None).select_related("merged")
    return list(merges.order_by("-made_at", "-id"))


@dataclass(frozen=True, slots=True)
class Twin:
    """Somebody on the list who looks like the one being put down."""

    customer: Customer
    alike: Alike


def likely_twins(
    actor: Actor, *, kind: Kind, name: str, reach: tuple[PointKind, str] | None, country: str
) -> list[Twin]:
    """Who on the list looks like somebody new, as far as is typed; the likeliest first."""
    given, _gap, family = name.strip().rpartition(" ")
    point, value = reach or (None, "")
    normal = normal_of(point, value, country) if point and value.strip() else ""
    typed = Likeness(
        0,
        kind,
        *names_of(kind, name, given, family),
        frozenset([normal] if point == PointKind.EMAIL and "@" in normal else []),
        frozenset(filter(None, [phone_of(normal)]) if point == PointKind.PHONE else []),
    )
    chosen = _looking_like(actor, kind, name, normal)
    there = likenesses(Customer.objects.filter(pk__in=chosen))
    own = own_points([typed, *there])
    found = []
    for one in there:
        score, levels = likeness_of(typed, one)
        alike = alike_of(typed, one, score, levels, own)
        if score >= WORTH_ASKING and not alike.is_household:
            found.append((one.id, alike))
    found.sort(key=lambda pair: -pair[1].score)
    rows = Customer.objects.in_bulk([pk for pk, _alike in found[:MOST_TWINS]])
    return [Twin(rows[pk], alike) for pk, alike in found[:MOST_TWINS]]


def _looking_like(actor: Actor, kind: str, name: str, normal: str) -> list[int]:
    """The few worth comparing, by what the database has an index for."""
    listed = customers_for(actor).on_the_list().filter(kind=kind)
    found: list[int] = []
    if normal:
        seals = [seal_of(one, normal) for one in (PointKind.EMAIL, PointKind.PHONE)]
        points = ContactPoint.objects.filter(seal__in=seals, customer__in=listed)
        found += points.values_list("customer_id", flat=True)[:MOST_LOOKED_AT]
    if words := sought_words(name):
        given, _gap, family = name.strip().rpartition(" ")
        same = Q(sort_name=sort_name_of(kind, name, given, family))
        begun = [word[:BEGUN] for word in words if len(word) > BEGUN]
        ways: list[Q | Words] = [same, Words(F("search_text"), words)]
        # A slip further on leaves the beginnings of both names as they are.
        ways += [Words(F("search_text"), begun)] if len(begun) > 1 else []
        for which in ways:
            found += _first(listed, which)
    return list(dict.fromkeys(found))


def _first(listed: CustomerQuerySet, which: Q | Words) -> list[int]:
    return list(listed.filter(which).order_by().values_list("pk", flat=True)[:MOST_LOOKED_AT])


@dataclass(frozen=True, slots=True)
class StagedTwins:
    """Rows of a file that would be new, and have a namesake on the list."""

    count: int
    # Row, name in the file, the customer's number and name; the first of them.
    examples: Sequence[tuple[int, str, int, str]]


_NAMESAKES = """
FROM customers_stagedcustomer s
JOIN customers_customer c ON c.sort_name = s.sort_name AND c.archived_at IS NULL
  AND c.kind = s.kind
WHERE s.import_id = %(import)s AND s.is_new AND s.sort_name <> ''"""


def twins_of_staged(import_id: int, *, most: int = 10) -> StagedTwins:
    """How many rows of an import would be new and have a namesake on the list; the first of them.

    Rows that are known by number, address or telephone are not among them: they change somebody
    who is there. One statement, whatever the size of the file.
    """
    rows = rows_of(
        "SELECT s.row_no, s.name, min(c.id), min(c.name), count(*) OVER ()"
        f" {_NAMESAKES} GROUP BY s.id, s.row_no, s.name ORDER BY s.row_no LIMIT {int(most)}",
        {"import": import_id},
    )
    examples = [(row, name, pk, whom) for row, name, pk, whom, _count in rows]
    return StagedTwins(int(rows[0][4]) if rows else 0, examples)
