"""Staged prices into the table of prices, set by set: known again, brought in as planned.

Every function writes in short transactions, each safe to run again.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.before_images import changing, remember_created
from regulars.core.bulk import count_anew, number_rows, rows_of, run_sql
from regulars.core.column_sets import Change, Note, Step, Terms, Verdict
from regulars.core.models import Operation
from regulars.core.money import Money
from regulars.core.operations import ongoing_operation
from regulars.core.pace import over_staging
from regulars.core.templatetags.look import money
from regulars.prices.models import Price, StagedPrice

ROWS, EMPTIED = 1000, 10_000
STAGED, PRICES = StagedPrice._meta.db_table, Price._meta.db_table
RANGE = "+s.import_id = %(import)s AND s.id BETWEEN %(low)s AND %(high)s"
WRITTEN = ("amount_minor", "compare_milli", "closes_on", "changed_at")

MATCH_CUSTOMER = (
    f"UPDATE {STAGED} AS s SET customer_id = (SELECT r.customer_id FROM customers_reference r"
    " JOIN customers_customer c ON c.id = r.customer_id WHERE r.value = s.reference"
    " AND c.deleted_at IS NULL AND c.erased_at IS NULL AND c.merged_into_id IS NULL"
    " ORDER BY CASE WHEN r.source = %(source)s THEN 0 ELSE 1 END, r.id LIMIT 1)"
    f" WHERE {RANGE} AND s.reference <> ''"
)
MATCH = (
    f"UPDATE {STAGED} AS s SET price_id = t.id, is_fixed = (t.published_at IS NOT NULL) FROM"
    f" {PRICES} t WHERE {RANGE} AND t.product = s.product AND t.currency = s.currency"
    " AND t.kind = s.kind AND t.code = s.code AND t.from_quantity = s.from_quantity"
    " AND t.opens_on = s.opens_on AND t.withdrawn_at IS NULL"
    " AND coalesce(t.customer_id, 0) = coalesce(s.customer_id, 0)"
)
# A quote to somebody whom nobody knows is left out.
NEW = (
    f"UPDATE {STAGED} AS s SET is_new = (s.price_id IS NULL AND (s.reference = ''"
    f" OR s.customer_id IS NOT NULL)) WHERE {RANGE}"
)
CHANGED = (
    f"UPDATE {STAGED} AS s SET is_changed = TRUE FROM {PRICES} t WHERE {RANGE}"
    " AND t.id = s.price_id AND (t.amount_minor <> s.amount_minor"
    " OR (t.closes_on IS NULL) <> (s.closes_on IS NULL) OR t.closes_on <> s.closes_on)"
)
_COPIED = ("product", "name", "kind", "code", "customer_id", "amount_minor", "currency",
           "from_quantity", "opens_on", "closes_on")  # fmt: skip
ADD = (
    f"INSERT INTO {PRICES} (id, {', '.join(_COPIED)}, compare_milli, tax, tax_bp, source,"
    " created_at, changed_at, anyway_why, anyway_count, lines_up_to, open_count, open_minor,"
    " other_currencies, created_by_id)"
    f" SELECT s.price_id, {', '.join(f's.{name}' for name in _COPIED)}, s.amount_minor * 1000,"
    " 'same', 0, %(source)s, %(at)s, %(at)s, '', 0, 0, 0, 0, '{}', %(member)s"
    f" FROM {STAGED} s WHERE {RANGE} AND s.is_new"
    f" AND NOT EXISTS (SELECT 1 FROM {PRICES} t WHERE t.id = s.price_id)"
)
UPDATE = (
    f"UPDATE {PRICES} AS t SET amount_minor = s.amount_minor,"
    " compare_milli = s.amount_minor * 1000, closes_on = s.closes_on, changed_at = %(at)s"
    f" FROM {STAGED} s WHERE {RANGE} AND s.is_changed AND NOT s.is_fixed AND t.id = s.price_id"
)
# What a price costs otherwise is compared anew before it is published.
FORGET_CHECK = (
    f"UPDATE {PRICES} AS t SET checked_at = NULL FROM {STAGED} s WHERE {RANGE} AND s.is_changed"
    " AND NOT s.is_fixed AND t.id = s.price_id"
)


def today_of(terms: Terms) -> str:
    """The day on which it is brought in, where the business is."""
    return terms.at.astimezone(ZoneInfo(terms.zone)).date().isoformat()


def resolve(terms: Terms) -> Iterator[Step]:
    """Find what is known already, and whom a quote was told; mark what differs."""
    yield lambda: count_anew(StagedPrice)
    for sql in (MATCH_CUSTOMER, MATCH, NEW, CHANGED):
        yield from over_staging(StagedPrice, ROWS, terms, _run, sql)


def verdict(terms: Terms) -> Verdict:
    """Count rows by what would become of them."""
    created, updated, fixed, total = map(int, rows_of(
        "SELECT coalesce(sum(CASE WHEN is_new THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN is_changed AND NOT is_fixed THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN is_changed AND is_fixed THEN 1 ELSE 0 END), 0), count(*)"
        f" FROM {STAGED} WHERE import_id = %(import)s", _values(terms, 0, 0),
    )[0])  # fmt: skip
    found = Verdict(created=created, updated=updated, skipped=fixed)
    found.things = {"prices": total}
    found.changes = _first_changes(terms)
    found.untaken = [
        ("prices", int(row), "customer",
         _("There is no customer with the number “%(number)s”.") % {"number": str(number)[:60]})
        for row, number in rows_of(
            f"SELECT row_no, reference FROM {STAGED} WHERE import_id = %s AND reference <> ''"
            " AND customer_id IS NULL ORDER BY row_no", [terms.import_id],
        )
    ]  # fmt: skip
    if created:
        words = ngettext(
            "%(n)d is planned: nobody pays it before you publish it.",
            "%(n)d are planned: nobody pays them before you publish them.", created,
        )  # fmt: skip
        found.notes.append(Note("planned", created, words % {"n": created}))
    if fixed:
        words = ngettext(
            "%(n)d was published already with another amount or last day: it stays.",
            "%(n)d were published already with another amount or last day: they stay.", fixed,
        )  # fmt: skip
        found.notes.append(Note("published", fixed, words % {"n": fixed}))
    return found


def _first_changes(terms: Terms) -> list[Change]:
    rows = rows_of(
        f"SELECT s.row_no, s.product, s.currency, t.amount_minor, s.amount_minor FROM {STAGED} s"
        f" JOIN {PRICES} t ON t.id = s.price_id WHERE s.import_id = %s AND s.is_changed"
        " AND NOT s.is_fixed AND t.amount_minor <> s.amount_minor ORDER BY s.row_no LIMIT 25",
        [terms.import_id],
    )
    return [
        Change(row, product, _("Price"), money(Money(old, currency)), money(Money(new, currency)))
        for row, product, currency, old, new in rows
    ]


def apply(terms: Terms) -> Iterator[Step]:
    """Bring the prices in, planned; the check that follows finds whom they undercut."""
    done = ongoing_operation("import", subject_id=terms.import_id, by=terms.by, at=terms.at)
    yield from over_staging(StagedPrice, ROWS, terms, _take, done)


def empty(terms: Terms) -> Iterator[Step]:
    """Empty the staging of one import."""
    delete = f"DELETE FROM {STAGED} AS s WHERE {RANGE}"
    yield from over_staging(StagedPrice, EMPTIED, terms, _run, delete)


def _run(terms: Terms, low: int, high: int, sql: str) -> None:
    run_sql(sql, _values(terms, low, high))


def _values(terms: Terms, low: int, high: int) -> dict[str, Any]:
    return {
        "import": terms.import_id, "low": low, "high": high, "source": terms.source[:40],
        "member": terms.by.member_id, "at": connection.ops.adapt_datetimefield_value(terms.at),
    }  # fmt: skip


def _take(terms: Terms, low: int, high: int, done: Operation) -> None:
    values = _values(terms, low, high)
    which = f"{RANGE} AND s.is_new AND s.price_id IS NULL"
    stretches = number_rows(Price, STAGED, "price_id", which, values)
    _run(terms, low, high, ADD)
    made = [pk for first, last in stretches for pk in range(first, last + 1)]
    remember_created(done, Price, made)
    which = f"SELECT s.price_id FROM {STAGED} s WHERE {RANGE} AND s.is_changed AND NOT s.is_fixed"
    known = (f"t.id IN ({which})", values)
    with changing(done, Price, WRITTEN, known):
        _run(terms, low, high, UPDATE)
    _run(terms, low, high, FORGET_CHECK)
