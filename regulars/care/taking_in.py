"""Staged answers into the table of answers, set by set: matched, compared, brought in.

Every function writes in short transactions, each safe to run again.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _

from regulars.care.choices import CheckInState, Heard
from regulars.care.models import Answer, CheckIn, CheckInOrder, StagedAnswer
from regulars.care.queries.answers import lateness_of_orders
from regulars.core.before_images import changing, remember_created
from regulars.core.bulk import count_anew, fresh_ids, rows_of, run_sql
from regulars.core.column_sets import Change, Step, Terms, Verdict, column_sets
from regulars.core.models import Operation
from regulars.core.operations import ongoing_operation
from regulars.core.pace import over_staging
from regulars.team.queries import the_business

ROWS, EMPTIED = 1000, 10_000
STAGED, ANSWERS = StagedAnswer._meta.db_table, Answer._meta.db_table
# The plus keeps SQLite from going through the whole import, by its key, for each stretch of ids.
RANGE = "+s.import_id = %(import)s AND s.id BETWEEN %(low)s AND %(high)s"
# What an import may write over.
WRITTEN = ("said_at", "mark", "scale", "measure", "went_well", "not_right")

# The orders of the same system first; else those of another, where the number is one order's.
MATCH_ORDER = (
    f"UPDATE {STAGED} AS s SET order_id = o.id, customer_id = o.customer_id FROM orders_order o"
    f" WHERE {RANGE} AND s.order_ref <> '' AND o.source = %(source)s"
    " AND o.external_id = s.order_ref"
)
MATCH_ELSEWHERE = (
    f"UPDATE {STAGED} AS s SET order_id = o.id, customer_id = o.customer_id FROM orders_order o"
    f" WHERE {RANGE} AND s.order_ref <> '' AND s.order_id IS NULL AND o.external_id = s.order_ref"
    " AND NOT EXISTS (SELECT 1 FROM orders_order p WHERE p.external_id = o.external_id"
    " AND p.id <> o.id)"
)
MATCH_CUSTOMER = (
    f"UPDATE {STAGED} AS s SET customer_id = c.customer_id FROM customers_stagedcustomer c"
    f" WHERE {RANGE} AND s.buyer <> '' AND c.import_id = s.import_id AND c.key = s.buyer"
)
MATCH_ANSWER = (
    f"UPDATE {STAGED} AS s SET answer_id = t.id FROM {ANSWERS} t"
    f" WHERE {RANGE} AND t.origin = %(source)s AND t.external_id = s.ref"
)
NEW = (
    f"UPDATE {STAGED} AS s SET is_new = (s.answer_id IS NULL)"
    f" WHERE {RANGE} AND (s.customer_id IS NOT NULL OR s.buyer <> '')"
)
CHANGED = (
    f"UPDATE {STAGED} AS s SET is_changed = TRUE FROM {ANSWERS} t"
    f" WHERE {RANGE} AND t.id = s.answer_id AND (t.went_well <> s.went_well"
    " OR t.not_right <> s.not_right OR t.said_at <> s.said_at OR t.scale <> s.scale"
    " OR t.measure <> s.measure"
    " OR coalesce(t.mark, 99) <> coalesce(s.mark, 99))"
)
ADD = (
    f"INSERT INTO {ANSWERS} (id, customer_id, order_id, check_in_id, was_late,"
    f" {', '.join(WRITTEN)}, source, doubt, link, recorded_at, origin, external_id, is_newest,"
    " is_unread) SELECT s.answer_id, s.customer_id, s.order_id, s.check_in_id, s.was_late,"
    f" {', '.join(f's.{name}' for name in WRITTEN)}, '{Heard.IMPORT.value}', '', '', %(at)s,"
    f" %(source)s, s.ref, FALSE, s.said_at >= %(live)s FROM {STAGED} s WHERE {RANGE} AND s.is_new"
    " AND s.customer_id IS NOT NULL"
    f" AND NOT EXISTS (SELECT 1 FROM {ANSWERS} t WHERE t.id = s.answer_id)"
)
UPDATE = (
    f"UPDATE {ANSWERS} AS t SET {', '.join(f'{name} = s.{name}' for name in WRITTEN)}"
    f" FROM {STAGED} s WHERE {RANGE} AND s.is_changed AND t.id = s.answer_id"
)


def resolve(terms: Terms) -> Iterator[Step]:
    """Find the orders, customers and answers that staged rows mean, and mark what differs."""
    yield lambda: count_anew(StagedAnswer)
    yield from column_sets["customers"].resolve(terms)
    for sql in (MATCH_ORDER, MATCH_ELSEWHERE, MATCH_CUSTOMER, MATCH_ANSWER, NEW, CHANGED):
        yield from over_staging(StagedAnswer, ROWS, terms, _run, sql)


def verdict(terms: Terms) -> Verdict:
    """Count rows by what would become of them, and say which orders nobody knows."""
    created, updated, total = rows_of(
        "SELECT coalesce(sum(CASE WHEN is_new THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN is_changed THEN 1 ELSE 0 END), 0), count(*)"
        f" FROM {STAGED} WHERE import_id = %s",
        [terms.import_id],
    )[0]
    found = Verdict(created=int(created), updated=int(updated))
    people = column_sets["customers"].verdict(terms)
    found.things = {"answers": total, "customers": people.things["customers"]}
    found.changes = [*_first_changes(terms), *people.changes]
    staged = StagedAnswer.objects.filter(import_id=terms.import_id)
    lost = staged.filter(customer_id=None, buyer="").order_by("row_no")
    for row, ref, order_id in lost.values_list("row_no", "order_ref", "order_id").iterator():
        why = (
            _("There is no order “%(order)s” here.")
            if order_id is None
            else _("The order “%(order)s” is of no customer: it was sold over the counter.")
        )
        found.untaken.append(("answers", row, "order", why % {"order": ref[:60]}))
    return found


def _first_changes(terms: Terms) -> list[Change]:
    rows = rows_of(
        f"SELECT s.row_no, c.name, t.mark, s.mark FROM {STAGED} s JOIN {ANSWERS} t"
        " ON t.id = s.answer_id JOIN customers_customer c ON c.id = t.customer_id"
        " WHERE s.import_id = %s AND s.is_changed ORDER BY s.row_no LIMIT 25",
        [terms.import_id],
    )
    return [
        Change(row, name, _("Mark"), _shown(old), _shown(new))
        for row, name, old, new in rows if old != new
    ]  # fmt: skip


def _shown(mark: int | None) -> str:
    return "" if mark is None else str(mark)


def apply(terms: Terms) -> Iterator[Step]:
    """Bring in the customers, then the answers; their check-ins are answered by it."""
    yield from column_sets["customers"].apply(terms)
    done = ongoing_operation("import", subject_id=terms.import_id, by=terms.by, at=terms.at)
    yield from over_staging(StagedAnswer, ROWS, terms, _take, done)


def empty(terms: Terms) -> Iterator[Step]:
    """Empty the staging of one import."""
    delete = f"DELETE FROM {STAGED} AS s WHERE {RANGE}"
    yield from over_staging(StagedAnswer, EMPTIED, terms, _run, delete)
    yield from column_sets["customers"].empty(terms)


def _run(terms: Terms, low: int, high: int, sql: str) -> None:
    run_sql(sql, _values(terms, low, high))


def _values(terms: Terms, low: int, high: int) -> dict[str, Any]:
    return {
        "import": terms.import_id, "low": low, "high": high, "source": terms.source,
        "at": connection.ops.adapt_datetimefield_value(terms.at),
        "live": connection.ops.adapt_datetimefield_value(_live_since(terms)),
    }  # fmt: skip


def _live_since(terms: Terms) -> datetime:
    """History is not an instruction: what was said before opens no case."""
    business = the_business()
    day = business.live_since if business else terms.at.date()
    return datetime.combine(day, time(), ZoneInfo(terms.zone))


def _take(terms: Terms, low: int, high: int, done: Operation) -> None:
    # Customers that were new a moment ago have their keys by now.
    _run(terms, low, high, MATCH_CUSTOMER)
    answered = _placed(terms, low, high)
    ids = _numbered(terms, low, high)
    _run(terms, low, high, ADD)
    remember_created(done, Answer, ids)
    known = (
        f"t.id IN (SELECT s.answer_id FROM {STAGED} s WHERE {RANGE} AND s.is_changed)",
        _values(terms, low, high),
    )
    with changing(done, Answer, WRITTEN, known):
        _run(terms, low, high, UPDATE)
    with changing(done, CheckIn, ["state", "answered_at"], sorted(answered)):
        theirs = CheckIn.objects.filter(pk__in=answered, answer__in=ids)
        theirs.update(state=CheckInState.ANSWERED, answered_at=terms.at)
    news = StagedAnswer.objects.filter(import_id=terms.import_id, id__range=(low, high))
    touched = news.exclude(customer_id=None).values_list("customer_id", flat=True).distinct()
    theirs_all = Answer.objects.filter(customer_id__in=list(touched))
    earlier = list(theirs_all.exclude(pk__in=ids).values_list("pk", flat=True))
    with changing(done, Answer, ["is_newest"], earlier):
        theirs_all.set_newest()


def _placed(terms: Terms, low: int, high: int) -> set[int]:
    """Say of each staged row whether its order came late, and of which check-in it is; the first
    answer to a check-in has it.
    """
    rows = StagedAnswer.objects.filter(
        import_id=terms.import_id, id__range=(low, high), is_new=True, answer_id=None
    ).exclude(order_id=None)
    staged = list(rows.order_by("said_at", "id").values_list("id", "order_id"))
    order_ids = {order_id for _pk, order_id in staged if order_id is not None}
    late = lateness_of_orders(order_ids, ZoneInfo(terms.zone))
    free = dict(
        CheckInOrder.objects.filter(order__in=order_ids, check_in__answer=None)
        .values_list("order_id", "check_in_id")
    )  # fmt: skip
    taken: set[int] = set()
    told: list[tuple[bool | None, int | None, int]] = []
    for pk, order_id in staged:
        check_in_id = free.get(order_id or 0)
        if check_in_id in taken:
            check_in_id = None
        if check_in_id is not None:
            taken.add(check_in_id)
        told.append((late.get(order_id or 0), check_in_id, pk))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {STAGED} SET was_late = %s, check_in_id = %s WHERE id = %s", told
        )
    return taken


def _numbered(terms: Terms, low: int, high: int) -> list[int]:
    new = rows_of(
        f"SELECT s.id FROM {STAGED} s WHERE {RANGE} AND s.is_new AND s.answer_id IS NULL"
        " AND s.customer_id IS NOT NULL ORDER BY s.id",
        _values(terms, low, high),
    )
    ids = fresh_ids(Answer, len(new))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {STAGED} SET answer_id = %s WHERE id = %s",
            [(pk, row[0]) for pk, row in zip(ids, new, strict=True)],
        )
    return ids
