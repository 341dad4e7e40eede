"""What of tags, interests and needs gives way to a file: where the file counts, or blank empties.

A tag that the file does not name comes off; an interest that it does not name is no longer true
from the day of the import, and stays on record.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Callable, Iterator
from functools import partial

from django.db import connection, transaction

from regulars.core.before_images import changing, remember_deleted
from regulars.core.bulk import id_ranges, run_sql
from regulars.core.column_sets import Step, Terms
from regulars.core.models import Operation
from regulars.customers.choices import InterestKind
from regulars.customers.comparing import is_cleared, policy_of
from regulars.customers.models import CustomerTag, Interest, StagedCustomer
from regulars.customers.noted import NOTED

CHUNK = 1000
SAID = "customers_said_in_file"
FIELDS = ("tags", "interests", "needs")
# What stands in the file of customers who are known, in whichever of their rows.
_ALL_SAID = (
    f"CREATE TEMPORARY TABLE {SAID} AS SELECT DISTINCT s.customer_id AS customer_id,"
    f" CASE WHEN d.kind = '{NOTED}' THEN d.label ELSE d.kind END AS kind,"
    f" CASE WHEN d.kind = '{NOTED}' THEN '' ELSE d.normal END AS normal"
    " FROM customers_stageddetail d JOIN customers_stagedcustomer s"
    " ON s.import_id = d.import_id AND s.key = d.key WHERE d.import_id = %(import)s"
    f" AND d.kind IN ('tag', 'interest', 'need', '{NOTED}') AND s.customer_id IS NOT NULL"
)
# One row speaks for each customer who was here before.
_KNOWN = (
    "+s.import_id = %(import)s AND s.id BETWEEN %(low)s AND %(high)s AND NOT s.is_new"
    " AND s.leader_id IS NULL AND s.customer_id IS NOT NULL"
)
_SPOKEN = f"SELECT 1 FROM {SAID} a WHERE a.customer_id = t.customer_id AND a.kind = '{{kind}}'"
_NAMED = {
    "tag": f"{_SPOKEN} AND a.normal = (SELECT g.folded FROM customers_tag g WHERE g.id = t.tag_id)",
    "topic": f"{_SPOKEN} AND a.normal = t.folded",
}


def gives_way(terms: Terms) -> bool:
    return any(_gone(terms, field) for field in FIELDS)


def _gone(terms: Terms, field: str) -> str:
    """Which rows `t` of a field give way; nothing where none can."""
    policy = policy_of(terms, field)
    kind = {"tags": "tag", "interests": InterestKind.INTEREST, "needs": InterestKind.NEED}[field]
    spoken = _SPOKEN.format(kind=kind)
    named = _NAMED["tag" if field == "tags" else "topic"].format(kind=kind)
    ways = []
    if policy == "overwrite":
        ways.append(f"EXISTS ({spoken}) AND NOT EXISTS ({named})")
    if is_cleared(terms, field) and policy in ("clear", "overwrite"):
        ways.append(f"NOT EXISTS ({spoken})")
    if not ways:
        return ""
    holds = "" if field == "tags" else f"t.is_still_true AND t.kind = '{kind}' AND "
    return f"{holds}(({') OR ('.join(ways)}))"


def resolve(terms: Terms) -> Iterator[Step]:
    """Mark the known customers from whom something comes off."""
    yield from _with_all_said(terms, lambda low, high: _mark(terms, low, high))


def apply(terms: Terms, done: Operation) -> Iterator[Step]:
    """Take off what the file does not name, in short transactions."""
    yield from _with_all_said(terms, lambda low, high: _give_way(terms, done, low, high))


def _with_all_said(terms: Terms, work: Callable[[int, int], None]) -> Iterator[Step]:
    yield partial(_gather, terms)
    for low, high in id_ranges(StagedCustomer, terms.import_id, CHUNK):
        yield _step(work, low, high)
    yield _forget


def _gather(terms: Terms) -> int:
    _forget()
    # Outside of a transaction: going through a long file would hold up whoever writes.
    run_sql(_ALL_SAID, {"import": terms.import_id})
    run_sql(f"CREATE INDEX {SAID}_of ON {SAID} (customer_id, kind)")
    return 0


def _forget() -> int:
    run_sql(f"DROP TABLE IF EXISTS {SAID}")
    return 0


def _step(work: Callable[[int, int], None], low: int, high: int) -> Step:
    def run() -> int:
        with transaction.atomic():
            work(low, high)
        return high - low + 1

    return run


def _values(terms: Terms, low: int, high: int) -> dict[str, object]:
    return {"import": terms.import_id, "low": low, "high": high}


def _mark(terms: Terms, low: int, high: int) -> None:
    for field in FIELDS:
        if gone := _gone(terms, field):
            table = CustomerTag if field == "tags" else Interest
            run_sql(
                f"UPDATE customers_stagedcustomer AS s SET is_changed = TRUE WHERE {_KNOWN}"
                f" AND EXISTS (SELECT 1 FROM {table._meta.db_table} t"
                f" WHERE t.customer_id = s.customer_id AND {gone})",
                _values(terms, low, high),
            )


def _give_way(terms: Terms, done: Operation, low: int, high: int) -> None:
    theirs = (
        f"t.customer_id IN (SELECT s.customer_id FROM customers_stagedcustomer s WHERE {_KNOWN})"
    )
    values = _values(terms, low, high)
    if gone := _gone(terms, "tags"):
        remember_deleted(done, CustomerTag, (f"{theirs} AND {gone}", values))
        run_sql(f"DELETE FROM customers_customertag AS t WHERE {theirs} AND {gone}", values)
    for field in ("interests", "needs"):
        if gone := _gone(terms, field):
            which = f"{theirs} AND {gone}"
            with changing(done, Interest, ("is_still_true", "ended_on"), (which, values)):
                run_sql(
                    "UPDATE customers_interest AS t SET is_still_true = FALSE, ended_on = %(day)s"
                    f" WHERE {which}",
                    values | {"day": connection.ops.adapt_datefield_value(terms.at.date())},
                )
