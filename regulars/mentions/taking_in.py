"""Staged mentions into the table of mentions, set by set: known again, matched, brought in.

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
from django.utils.translation import ngettext

from regulars.cases.queries import opening_clock
from regulars.core.before_images import changing, remember_created
from regulars.core.bulk import count_anew, fresh_ids, rows_of, run_sql
from regulars.core.column_sets import Change, Note, Step, Terms, Verdict
from regulars.core.models import Operation
from regulars.core.operations import ongoing_operation
from regulars.core.pace import over_staging
from regulars.mentions.choices import WITHIN, WITHIN_BAD
from regulars.mentions.models import KnownHandle, Mention, StagedMention
from regulars.team.queries import first_owner, the_business

ROWS, EMPTIED = 1000, 10_000
STAGED, MENTIONS = StagedMention._meta.db_table, Mention._meta.db_table
HANDLES = KnownHandle._meta.db_table
# The plus keeps SQLite from going through the whole import, by its key, for each stretch of ids.
RANGE = "+s.import_id = %(import)s AND s.id BETWEEN %(low)s AND %(high)s"
# What an import may write over: an author changes what they wrote.
WRITTEN = ("said_at", "mark", "scale", "words", "is_bad")
THERE = "c.deleted_at IS NULL AND c.erased_at IS NULL AND c.merged_into_id IS NULL"

MATCH_NUMBER = (
    f"UPDATE {STAGED} AS s SET mention_id = t.id FROM {MENTIONS} t"
    f" WHERE {RANGE} AND t.site_key = s.site_key AND t.external_id = s.external_id"
)
MATCH_LINK = (
    f"UPDATE {STAGED} AS s SET mention_id = t.id FROM {MENTIONS} t"
    f" WHERE {RANGE} AND s.mention_id IS NULL AND s.link_key <> '' AND t.link_key = s.link_key"
)
MATCH_HANDLE = (
    f"UPDATE {STAGED} AS s SET customer_id = k.customer_id, known_by = 'handle'"
    f" FROM {HANDLES} k, customers_customer c WHERE {RANGE} AND s.handle_key <> ''"
    " AND k.site_key = s.site_key AND k.handle_key = s.handle_key AND c.id = k.customer_id"
    f" AND {THERE}"
)
# Certain is only an address that one customer alone has.
MATCH_EMAIL = (
    f"UPDATE {STAGED} AS s SET customer_id = p.customer_id, known_by = 'email'"
    f" FROM customers_contactpoint p, customers_customer c WHERE {RANGE}"
    " AND s.customer_id IS NULL AND s.seal <> '' AND p.seal = s.seal AND p.kind = 'email'"
    f" AND p.state = 'usable' AND c.id = p.customer_id AND {THERE}"
    " AND NOT EXISTS (SELECT 1 FROM customers_contactpoint o JOIN customers_customer d"
    " ON d.id = o.customer_id WHERE o.seal = s.seal AND o.kind = 'email' AND o.state = 'usable'"
    " AND o.customer_id <> p.customer_id AND d.deleted_at IS NULL AND d.erased_at IS NULL"
    " AND d.merged_into_id IS NULL)"
)
NEW = (
    f"UPDATE {STAGED} AS s SET is_new = (s.mention_id IS NULL AND NOT EXISTS (SELECT 1 FROM"
    f" {STAGED} o WHERE o.import_id = s.import_id AND s.link_key <> ''"
    f" AND o.link_key = s.link_key AND o.id < s.id)) WHERE {RANGE}"
)
CHANGED = (
    f"UPDATE {STAGED} AS s SET is_changed = TRUE FROM {MENTIONS} t"
    f" WHERE {RANGE} AND t.id = s.mention_id AND (t.words <> s.words OR t.said_at <> s.said_at"
    " OR t.scale <> s.scale OR coalesce(t.mark, 99) <> coalesce(s.mark, 99))"
)
_COPIED = ("site", "site_key", "external_id", "link", "link_key", "author", "handle", "handle_key",
           "customer_id", "known_by", "answer", "due_at", "warn_at", *WRITTEN)  # fmt: skip
STATE = (
    "CASE WHEN s.said_at < %(live)s THEN 'past' WHEN s.answer <> '' THEN 'answered'"
    " ELSE 'waiting' END"
)
OWNER = (
    "coalesce((SELECT m.id FROM team_member m JOIN customers_customer c ON c.manager_id = m.id"
    " WHERE c.id = s.customer_id AND m.is_active AND m.role <> 'viewer'), %(owner)s)"
)
ADD = (
    f"INSERT INTO {MENTIONS} (id, {', '.join(_COPIED)}, state, owner_id, answered_at, recorded_at,"
    " changed_at, draft, answer_link, aside_why, aside_words, is_unread)"
    f" SELECT s.mention_id, {', '.join(f's.{name}' for name in _COPIED)}, {STATE}, {OWNER},"
    " CASE WHEN s.answer = '' THEN NULL ELSE coalesce(s.answered_at, s.said_at) END, %(at)s,"
    " %(at)s, '', '', '', '', s.said_at >= %(live)s"
    f" FROM {STAGED} s WHERE {RANGE} AND s.is_new"
    f" AND NOT EXISTS (SELECT 1 FROM {MENTIONS} t WHERE t.id = s.mention_id)"
)
UPDATE = (
    f"UPDATE {MENTIONS} AS t SET {', '.join(f'{name} = s.{name}' for name in WRITTEN)},"
    f" changed_at = %(at)s FROM {STAGED} s WHERE {RANGE} AND s.is_changed AND t.id = s.mention_id"
)
# Whoever is unhappy now, and was not before, is looked at like whoever is new.
UNREAD = (
    f"UPDATE {MENTIONS} AS t SET is_unread = TRUE FROM {STAGED} s WHERE {RANGE}"
    " AND s.is_changed AND s.is_bad AND t.id = s.mention_id AND t.state = 'waiting'"
)


def resolve(terms: Terms) -> Iterator[Step]:
    """Find what is known already, and whose it is for certain; mark what differs."""
    yield lambda: count_anew(StagedMention)
    for sql in (MATCH_NUMBER, MATCH_LINK, MATCH_HANDLE, MATCH_EMAIL, NEW, CHANGED):
        yield from over_staging(StagedMention, ROWS, terms, _run, sql)


def verdict(terms: Terms) -> Verdict:
    """Count rows by what would become of them, and say of how many we know whose they are."""
    created, updated, total, known, past = map(int, rows_of(
        "SELECT coalesce(sum(CASE WHEN is_new THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN is_changed THEN 1 ELSE 0 END), 0), count(*),"
        " coalesce(sum(CASE WHEN is_new AND customer_id IS NOT NULL THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN is_new AND said_at < %(live)s THEN 1 ELSE 0 END), 0)"
        f" FROM {STAGED} WHERE import_id = %(import)s", _values(terms, 0, 0),
    )[0])  # fmt: skip
    found = Verdict(created=created, updated=updated)
    found.things = {"mentions": total}
    found.changes = _first_changes(terms)
    if known:
        words = ngettext(
            "Of %(n)d we know for certain whose words they are: by an address that one customer"
            " alone has, or by a handle that somebody here knew.",
            "Of %(n)d we know for certain whose words they are: by an address that one customer"
            " alone has, or by a handle that somebody here knew.", known,
        )  # fmt: skip
        found.notes.append(Note("known", known, words % {"n": known}))
    if past:
        words = ngettext(
            "%(n)d was said before the business began here: it is kept, and waits for nobody.",
            "%(n)d were said before the business began here: they are kept, and wait for nobody.",
            past,
        )
        found.notes.append(Note("past", past, words % {"n": past}))
    return found


def _first_changes(terms: Terms) -> list[Change]:
    rows = rows_of(
        f"SELECT s.row_no, t.author, t.mark, s.mark, t.words, s.words FROM {STAGED} s"
        f" JOIN {MENTIONS} t ON t.id = s.mention_id"
        " WHERE s.import_id = %s AND s.is_changed ORDER BY s.row_no LIMIT 25",
        [terms.import_id],
    )
    found: list[Change] = []
    for row, author, old, new, was, words in rows:
        if old != new:
            found.append(Change(row, author, _("Mark"), _shown(old), _shown(new)))
        if was != words:
            found.append(Change(row, author, _("What they wrote"), was[:200], words[:200]))
    return found[:25]


def _shown(mark: int | None) -> str:
    return "" if mark is None else str(mark)


def apply(terms: Terms) -> Iterator[Step]:
    """Bring the mentions in; afterwards somebody looks at those that are no history."""
    done = ongoing_operation("import", subject_id=terms.import_id, by=terms.by, at=terms.at)
    yield from over_staging(StagedMention, ROWS, terms, _take, done)


def empty(terms: Terms) -> Iterator[Step]:
    """Empty the staging of one import."""
    delete = f"DELETE FROM {STAGED} AS s WHERE {RANGE}"
    yield from over_staging(StagedMention, EMPTIED, terms, _run, delete)


def _run(terms: Terms, low: int, high: int, sql: str) -> None:
    run_sql(sql, _values(terms, low, high))


def _values(terms: Terms, low: int, high: int) -> dict[str, Any]:
    owner = first_owner()
    return {
        "import": terms.import_id, "low": low, "high": high,
        "owner": owner.pk if owner else None,
        "at": connection.ops.adapt_datetimefield_value(terms.at),
        "live": connection.ops.adapt_datetimefield_value(_live_since(terms)),
    }  # fmt: skip


def _live_since(terms: Terms) -> datetime:
    """History is not an instruction: what was said before waits for nobody."""
    business = the_business()
    day = business.live_since if business else terms.at.date()
    return datetime.combine(day, time(), ZoneInfo(terms.zone))


def _take(terms: Terms, low: int, high: int, done: Operation) -> None:
    ids = _numbered(terms, low, high)
    _run(terms, low, high, ADD)
    remember_created(done, Mention, ids)
    known = (
        f"t.id IN (SELECT s.mention_id FROM {STAGED} s WHERE {RANGE} AND s.is_changed)",
        _values(terms, low, high),
    )
    with changing(done, Mention, WRITTEN, known):
        _run(terms, low, high, UPDATE)
    _run(terms, low, high, UNREAD)


def _numbered(terms: Terms, low: int, high: int) -> list[int]:
    """Give new ones their keys, and those that wait their clock."""
    rows = StagedMention.objects.filter(
        import_id=terms.import_id, id__range=(low, high), is_new=True, mention_id=None
    ).order_by("id")
    new = list(rows)
    live = _live_since(terms)
    waiting = [one for one in new if one.said_at >= live]
    clock = opening_clock(min(one.said_at for one in waiting)) if waiting else None
    for one, pk in zip(new, fresh_ids(Mention, len(new)), strict=True):
        one.mention_id = pk
    for one in waiting:
        minutes = WITHIN_BAD if one.is_bad else WITHIN
        assert clock is not None
        one.due_at = clock.after(one.said_at, minutes)
        one.warn_at = clock.after(one.said_at, minutes * 3 // 4)
    StagedMention.objects.bulk_update(new, ["mention_id", "due_at", "warn_at"], batch_size=200)
    return [one.mention_id for one in new if one.mention_id is not None]
