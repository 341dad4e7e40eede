"""Staged touches into the timeline, set by set: matched, compared, brought in, clocks wound.

Every function writes in short transactions, each safe to run again.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Collection, Iterator
from typing import Any

from django.db import connection
from django.db.models import F, Max, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from regulars.consent.choices import PERSONAL
from regulars.conversations.choices import Direction, Outcome
from regulars.conversations.models import Clock, StagedTouch, Touch
from regulars.core.before_images import changing, remember_created, remember_deleted
from regulars.core.bulk import count_anew, fresh_ids, rows_of, run_sql
from regulars.core.column_sets import Change, Step, Terms, Verdict, column_sets
from regulars.core.models import Operation
from regulars.core.operations import ongoing_operation
from regulars.core.pace import over_staging
from regulars.messaging.actions.contacts import PastTouch, count_past_touches

ROWS, EMPTIED = 2000, 10_000
STAGED = StagedTouch._meta.db_table
# The plus keeps SQLite from going through the whole import, by its key, for each stretch of ids.
RANGE = "+s.import_id = %(import)s AND s.id BETWEEN %(low)s AND %(high)s"
# What an import may write over.
WRITTEN = (
    "channel", "direction", "purpose", "outcome", "happened_at", "body", "said", "minutes",
)  # fmt: skip
HANDS = ("last_touch_at", "last_channel", "last_personal_at")

MATCH_CUSTOMER = (
    f"UPDATE {STAGED} AS s SET customer_id = c.customer_id FROM customers_stagedcustomer c"
    f" WHERE {RANGE} AND c.import_id = s.import_id AND c.key = s.buyer"
)
MATCH_TOUCH = (
    f"UPDATE {STAGED} AS s SET touch_id = t.id FROM conversations_touch t"
    f" WHERE {RANGE} AND t.source = %(source)s AND t.external_id = s.ref"
)
NEW = f"UPDATE {STAGED} AS s SET is_new = (s.touch_id IS NULL) WHERE {RANGE}"
DIFFERENT = " OR ".join(
    f"t.{name} <> s.{name}" for name in WRITTEN if name != "minutes"
) + " OR coalesce(t.minutes, 0) <> coalesce(s.minutes, t.minutes, 0)"  # fmt: skip
CHANGED = (
    f"UPDATE {STAGED} AS s SET is_changed = TRUE FROM conversations_touch t"
    f" WHERE {RANGE} AND t.id = s.touch_id AND ({DIFFERENT})"
)
ADD = (
    f"INSERT INTO conversations_touch (id, customer_id, {', '.join(WRITTEN)}, member_id,"
    f" recorded_at, source, external_id) SELECT s.touch_id, s.customer_id,"
    f" {', '.join(f's.{name}' for name in WRITTEN)}, s.member_id, %(at)s, %(source)s, s.ref"
    f" FROM {STAGED} s WHERE {RANGE} AND s.is_new AND s.customer_id IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM conversations_touch t WHERE t.id = s.touch_id)"
)
UPDATE = (
    "UPDATE conversations_touch AS t SET "
    + ", ".join(f"{name} = s.{name}" for name in WRITTEN if name != "minutes")
    + f", minutes = coalesce(s.minutes, t.minutes) FROM {STAGED} s"
    f" WHERE {RANGE} AND s.is_changed AND t.id = s.touch_id"
)


def resolve(terms: Terms) -> Iterator[Step]:
    """Find the customers and touches that staged rows mean, and mark what differs."""
    yield lambda: count_anew(StagedTouch)
    yield from column_sets["customers"].resolve(terms)
    for sql in (MATCH_CUSTOMER, MATCH_TOUCH, NEW, CHANGED):
        yield from over_staging(StagedTouch, ROWS, terms, _run, sql)


def verdict(terms: Terms) -> Verdict:
    """Count rows by what would become of them, and the customers they name."""
    created, updated, total = rows_of(
        "SELECT coalesce(sum(CASE WHEN is_new THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN is_changed THEN 1 ELSE 0 END), 0), count(*)"
        f" FROM {STAGED} WHERE import_id = %s",
        [terms.import_id],
    )[0]
    people = column_sets["customers"].verdict(terms)
    found = Verdict(created=int(created), updated=int(updated))
    found.things = {"touches": total, "customers": people.things["customers"]}
    found.changes = [*_first_changes(terms), *people.changes]
    return found


def _first_changes(terms: Terms) -> list[Change]:
    rows = rows_of(
        "SELECT s.row_no, c.name, t.body, s.body, t.outcome, s.outcome"
        f" FROM {STAGED} s JOIN conversations_touch t ON t.id = s.touch_id"
        " JOIN customers_customer c ON c.id = t.customer_id"
        " WHERE s.import_id = %s AND s.is_changed ORDER BY s.row_no LIMIT 25",
        [terms.import_id],
    )
    found = []
    for row, name, body, new_body, outcome, new_outcome in rows:
        if body != new_body:
            found.append(Change(row, name, _("What we wrote down"), body, new_body))
        if outcome != new_outcome:
            found.append(
                Change(row, name, _("What came of it"), str(Outcome(outcome).label),
                       str(Outcome(new_outcome).label))
            )  # fmt: skip
    return found


def apply(terms: Terms) -> Iterator[Step]:
    """Bring in the customers, then the touches, then wind the clocks of whom they are of."""
    yield from column_sets["customers"].apply(terms)
    done = ongoing_operation("import", subject_id=terms.import_id, by=terms.by, at=terms.at)
    yield from over_staging(StagedTouch, ROWS, terms, _take, done)


def empty(terms: Terms) -> Iterator[Step]:
    """Empty the staging of one import."""
    delete = f"DELETE FROM {STAGED} AS s WHERE {RANGE}"
    yield from over_staging(StagedTouch, EMPTIED, terms, _run, delete)
    yield from column_sets["customers"].empty(terms)


def _run(terms: Terms, low: int, high: int, sql: str) -> None:
    run_sql(sql, _values(terms, low, high))


def _values(terms: Terms, low: int, high: int) -> dict[str, Any]:
    at = connection.ops.adapt_datetimefield_value(terms.at)
    return {
        "import": terms.import_id, "low": low, "high": high, "source": terms.source, "at": at,
    }  # fmt: skip


def _take(terms: Terms, low: int, high: int, done: Operation) -> None:
    # Customers that were new a moment ago have their keys by now.
    _run(terms, low, high, MATCH_CUSTOMER)
    ids = _numbered(terms, low, high)
    _run(terms, low, high, ADD)
    remember_created(done, Touch, ids)
    known = (
        f"t.id IN (SELECT s.touch_id FROM {STAGED} s WHERE {RANGE} AND s.is_changed)",
        _values(terms, low, high),
    )
    with changing(done, Touch, WRITTEN, known):
        _run(terms, low, high, UPDATE)
    staged = StagedTouch.objects.filter(import_id=terms.import_id, id__range=(low, high))
    news = staged.filter(Q(is_new=True) | Q(is_changed=True)).exclude(customer_id=None)
    _wind(done, {pk for pk in news.values_list("customer_id", flat=True) if pk is not None})
    _count(ids, terms, done)


def _numbered(terms: Terms, low: int, high: int) -> list[int]:
    new = rows_of(
        f"SELECT s.id FROM {STAGED} s WHERE {RANGE} AND s.is_new AND s.touch_id IS NULL"
        " AND s.customer_id IS NOT NULL ORDER BY s.id",
        _values(terms, low, high),
    )
    ids = fresh_ids(Touch, len(new))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {STAGED} SET touch_id = %s WHERE id = %s",
            [(pk, row[0]) for pk, row in zip(ids, new, strict=True)],
        )
    return ids


def _wind(done: Operation, customer_ids: Collection[int]) -> None:
    """Set the clocks of these customers by all of their touches."""
    told = _clocks(customer_ids)
    there = set(Clock.objects.filter(pk__in=customer_ids).values_list("pk", flat=True))
    silent = sorted(there - told.keys())
    remember_deleted(done, Clock, silent)
    Clock.objects.filter(pk__in=silent).delete()
    with changing(done, Clock, HANDS, sorted(there & told.keys())):
        Clock.objects.bulk_create(
            told.values(), update_conflicts=True, unique_fields=["customer"], update_fields=HANDS,
        )  # fmt: skip
    remember_created(done, Clock, sorted(told.keys() - there))


def _clocks(customer_ids: Collection[int]) -> dict[int, Clock]:
    real = Touch.objects.standing().filter(~Q(outcome=Outcome.NO_ANSWER))
    theirs = real.filter(customer_id__in=customer_ids).order_by()
    latest = theirs.annotate(
        nth=Window(RowNumber(), "customer_id", [F("happened_at").desc(), F("id").desc()])
    ).filter(nth=1)
    personal = theirs.filter(channel__in=PERSONAL).values_list("customer_id")
    by_hand = dict(personal.annotate(last=Max("happened_at")))
    return {
        pk: Clock(
            customer_id=pk, last_touch_at=when, last_channel=channel,
            last_personal_at=by_hand.get(pk),
        )
        for pk, when, channel in latest.values_list("customer_id", "happened_at", "channel")
    }  # fmt: skip


def _count(touch_ids: Collection[int], terms: Terms, done: Operation) -> None:
    """What we did lately is heard as our messages are, so that none comes on top of it."""
    ours = Touch.objects.filter(
        ~Q(outcome=Outcome.NO_ANSWER), pk__in=touch_ids, direction=Direction.OUT
    )
    told = ours.values_list("customer_id", "pk", "channel", "purpose", "happened_at")
    count_past_touches([PastTouch(*one) for one in told], done=done, at=terms.at)
