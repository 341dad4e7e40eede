"""Who still comes, and buys for less: found on the engine, kept in a table of its own."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Protocol, TypeVar

from django.db import transaction

from regulars.core.pace import REST, Pace
from regulars.customers.models import Customer
from regulars.insight.counting import Counted, Row
from regulars.insight.models import BuyingLess

T = TypeVar("T")
# How many go into the first transaction; the next ones by what it took.
ROWS_AT_FIRST = 1_000
KEPT = (
    "recent_count", "is_by_basket", "share", "usual_minor", "recent_minor",
    "usual_gap_days", "recent_gap_days", "missing", "is_wholly_missing", "worth_minor",
)  # fmt: skip


def found_buying_less(result: Counted) -> list[Row]:
    """Everyone of whom it may be said or, where it was said before, still is."""
    from regulars.insight.metrics import buying_less as metric

    counter = result.counter
    visits = counter.keep(
        "visits",
        metric.visits(result.purchases, result.facts, result.patterns.trading, as_of=result.as_of),
    )
    fallen = fallen_of(counter, visits)
    stakes = result.facts.select("customer_id", "stake_minor")
    rows = counter.rows(fallen.join(stakes, "customer_id").order_by("customer_id"))
    if not rows:
        return []
    missing = counter.rows(metric.missing(fallen, visits, result.lines()))
    names = {row["customer_id"]: row for row in missing}
    return [_row(row, names.get(row["customer_id"])) for row in rows]


class Keeps(Protocol):
    """What keeps tables and gives rows: a counter."""

    def keep(self, name: str, expression: Any) -> Any: ...
    def rows(self, expression: Any) -> list[Row]: ...


def fallen_of(counter: Keeps, visits: Any) -> Any:
    """Whose spend fell, among those visits: kept on the engine."""
    from regulars.insight.metrics import buying_less as metric

    months = counter.keep("of_months", metric.of_months(visits))
    sides = {
        recent: counter.keep(f"sides_{recent}", metric.compared(visits, months, recent))
        for recent in metric.RECENT
    }
    told = {recent: counter.rows(metric.sums(side)) for recent, side in sides.items()}
    return counter.keep("fallen", metric.fallen(sides, told))


def _row(row: Row, missing: Row | None) -> Row:
    return {
        "customer_id": row["customer_id"],
        "is_sure": row["is_sure"],
        "recent_count": row["recent"],
        "is_by_basket": row["is_by_basket"],
        "share": round(row["share"], 3),
        "usual_minor": row["usual_minor"],
        "recent_minor": row["recent_minor"],
        "usual_gap_days": round(row["usual_gap_days"], 1),
        "recent_gap_days": round(row["recent_gap_days"], 1),
        "missing": missing["name"][:200] if missing else "",
        "is_wholly_missing": bool(missing and missing["is_wholly"]),
        "worth_minor": round(row["share"] * row["stake_minor"]),
    }


def keep_buying_less(rows: Sequence[Row], *, day: date) -> int:
    """Write who it is said of now, in short steps; returns of how many."""
    before = {one.pk: one for one in BuyingLess.objects.all()}
    # What was said once is said until it is plainly over: one good basket is no turn.
    said = {
        row["customer_id"]: row for row in rows if row["is_sure"] or row["customer_id"] in before
    }
    for some in _in_steps(sorted(before.keys() - said.keys())):
        with transaction.atomic():
            BuyingLess.objects.filter(pk__in=some).delete()
    new = [_of(row, day) for pk, row in said.items() if pk not in before]
    for some in _in_steps(new):
        _add(some)
    changed = [
        _of(row, before[pk].since_on)
        for pk, row in said.items()
        if pk in before and any(getattr(before[pk], name) != row[name] for name in KEPT)
    ]
    for some in _in_steps(changed):
        with transaction.atomic():
            BuyingLess.objects.bulk_update(some, KEPT)
    return len(said)


def _add(some: Sequence[BuyingLess]) -> None:
    with transaction.atomic():
        # Whoever was erased while we counted is not written about.
        there = set(
            Customer.objects.filter(pk__in=[one.pk for one in some]).values_list("pk", flat=True)
        )
        BuyingLess.objects.bulk_create(
            [one for one in some if one.pk in there], ignore_conflicts=True
        )


def _of(row: Row, since_on: date) -> BuyingLess:
    kept = {name: row[name] for name in KEPT}
    return BuyingLess(customer_id=row["customer_id"], since_on=since_on, **kept)


def _in_steps(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for low, high in Pace(ROWS_AT_FIRST, rest=REST).pieces(0, len(items) - 1):
        yield items[low : high + 1]
