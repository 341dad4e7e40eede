"""Staged customers into the list, set by set: matched, compared, then brought in.

Every function writes in short transactions, each safe to run again.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.utils.formats import number_format
from django.utils.translation import ngettext

from regulars.core.before_images import changing, create_rows
from regulars.core.bulk import count_anew, id_ranges, rows_of, run_sql
from regulars.core.column_sets import Note, Said, Step, Terms, Verdict, consent_takers
from regulars.core.models import Operation
from regulars.core.operations import ongoing_operation
from regulars.core.pace import Pace
from regulars.customers import adding, beside, comparing, matching, newcomers, sharing
from regulars.customers.choices import Kind
from regulars.customers.models import (
    ContactPoint,
    Customer,
    Reference,
    StagedCustomer,
    StagedDetail,
)
from regulars.customers.naming import search_text_of, sort_name_of
from regulars.customers.queries.duplicates import twins_of_staged

# Small enough for a transaction of 100 ms on SQLite: rows looked at, rows of new customers (each
# brings words to the search and ways to be reached), rows of known ones, and rows emptied.
CHUNK, TAKEN, CHANGED_AT_ONCE, EMPTIED = 5000, 2500, 1000, 10_000
RANGE = newcomers.RANGE


def resolve(terms: Terms) -> Iterator[Step]:
    """Find the customers that staged rows mean, then one leading row for each, then differences."""
    yield partial(count_anew, StagedCustomer)
    yield from _finding_known(terms)
    for one in matching.finding_leaders(terms.keys):
        yield from _following(terms, one)
    if _has(terms, "s.customer_id IS NOT NULL"):
        yield from _over_ranges(comparing.differing(terms), terms)
    if adding.has_details(terms):
        yield from _over_ranges(adding.lacking(terms), terms)
        pace = Pace()
        for low, high in id_ranges(StagedDetail, terms.import_id, TAKEN):
            yield _step(pace, adding.mark_own, terms, low, high)
    yield from beside.resolve(terms)
    pace = Pace()
    for low, high in _stretches(terms, TELLING, TAKEN):
        yield _step(pace, _mark_consents, terms, low, high)


def _finding_known(terms: Terms) -> Iterator[Step]:
    if not Customer.objects.exists():
        return
    if _has(terms, "s.key LIKE 'i:%%'"):
        yield from _over_ranges(matching.BY_OWN_NUMBER, terms)
    for sql in matching.finding_known(terms.keys):
        yield from _over_ranges(sql, terms)


def _following(terms: Terms, by: matching.Sharing) -> Iterator[Step]:
    """Rows that mean the customer of an earlier one; what they share is found once for all."""
    run_sql(f"DROP TABLE IF EXISTS {matching.SHARED}")
    # Outside of a transaction: going through a million rows would hold up whoever writes.
    run_sql(by.find, {"import": terms.import_id})
    if rows_of(f"SELECT 1 FROM {matching.SHARED} LIMIT 1"):
        run_sql(f"CREATE INDEX {matching.SHARED}_held ON {matching.SHARED} (held)")
        yield from _over_ranges(by.follow, terms)
    run_sql(f"DROP TABLE {matching.SHARED}")


def _has(terms: Terms, which: str) -> bool:
    staged = f"SELECT 1 FROM customers_stagedcustomer s WHERE +s.import_id = %s AND {which} LIMIT 1"
    return bool(rows_of(staged, [terms.import_id]))


def _stretches(terms: Terms, which: str, size: int) -> list[tuple[int, int]]:
    """The staging as stretches of keys, each with `size` of the wanted rows; nobody else's work."""
    return [(low, high) for low, high in rows_of(
        "SELECT min(id), max(id) FROM (SELECT s.id, (row_number() OVER (ORDER BY s.id) - 1)"
        " / %(size)s AS nth FROM customers_stagedcustomer s WHERE +s.import_id = %(import)s"
        f" AND ({which})) q GROUP BY nth ORDER BY nth",
        {"import": terms.import_id, "size": size},
    )]  # fmt: skip


def _over_ranges(sql: str, terms: Terms, size: int = 0) -> Iterator[Step]:
    pace = Pace()
    for low, high in id_ranges(StagedCustomer, terms.import_id, size or CHUNK):
        yield _step(pace, _run, terms, low, high, sql)


def _step(pace: Pace, work: Any, terms: Terms, low: int, high: int, *more: Any) -> Step:
    def run() -> int:
        for first, last in pace.pieces(low, high):
            with transaction.atomic():
                work(terms, first, last, *more)
        return high - low + 1

    return run


def _values(terms: Terms, low: int, high: int) -> dict[str, Any]:
    return {
        "import": terms.import_id, "low": low, "high": high, "source": terms.source,
        "at": connection.ops.adapt_datetimefield_value(terms.at),
    }  # fmt: skip


def _run(terms: Terms, low: int, high: int, sql: str) -> None:
    run_sql(sql.replace("{range}", RANGE), _values(terms, low, high))


# Rows that say something about permission.
TELLING = "s.says_email || s.says_text || s.says_chat <> ''"


def _said(terms: Terms, low: int, high: int) -> list[Said]:
    rows = rows_of(
        "SELECT s.customer_id, s.row_no, s.says_email, s.says_email_source, s.says_email_at,"
        " s.says_text, s.says_text_source, s.says_text_at,"
        " s.says_chat, s.says_chat_source, s.says_chat_at"
        f" FROM customers_stagedcustomer s WHERE {RANGE} AND s.customer_id IS NOT NULL"
        f" AND {TELLING} ORDER BY s.id",
        _values(terms, low, high),
    )
    return [
        Said(row[0], channel, word == "yes", source, _moment(at), row[1])
        for row in rows
        for channel, (word, source, at) in _by_channel(row[2:])
        if word
    ]


def _by_channel(words: Sequence[Any]) -> list[tuple[str, Sequence[Any]]]:
    return [(name, words[3 * n : 3 * n + 3]) for n, name in enumerate(("email", "text", "chat"))]


def _moment(at: datetime | str | None) -> datetime | None:
    """SQLite hands back the text that it was given, in UTC."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _mark_consents(terms: Terms, low: int, high: int) -> None:
    said = _said(terms, low, high)
    changed: set[int] = set().union(*(taker.would_change(said) for taker in consent_takers))
    if changed:
        theirs = ", ".join(str(customer_id) for customer_id in sorted(changed))
        sql = f"UPDATE customers_stagedcustomer AS s SET is_changed = TRUE WHERE {RANGE}"
        run_sql(f"{sql} AND s.customer_id IN ({theirs})", _values(terms, low, high))


# A yes counts where the row says how and when it was given, as the taker of consent reads it.
_PROVEN = "says_{0}_source <> '' AND says_{0}_at IS NOT NULL"
AGREED, CLAIMED = (
    " OR ".join(
        f"says_{channel} = 'yes' AND {which}({_PROVEN.format(channel)})"
        for channel in ("email", "text", "chat")
    )
    for which in ("", "NOT ")
)


# New, with a name and nothing to write to or to call.
OUT_OF_REACH = (
    "is_new AND email_normal = '' AND phone_normal = '' AND street = '' AND postcode = ''"
    " AND reference = ''"
)


def verdict(terms: Terms) -> Verdict:
    """Count what would happen, in rows and in customers."""
    created, updated, rows, leaders, claimed, agreed, unreached = rows_of(
        "SELECT coalesce(sum(CASE WHEN is_new THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN is_changed AND NOT is_new THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(row_count), 0),"
        " coalesce(sum(CASE WHEN leader_id IS NULL THEN 1 ELSE 0 END), 0),"
        f" coalesce(sum(CASE WHEN {CLAIMED} THEN 1 ELSE 0 END), 0),"
        f" coalesce(sum(CASE WHEN {AGREED} THEN 1 ELSE 0 END), 0),"
        f" coalesce(sum(CASE WHEN {OUT_OF_REACH} THEN 1 ELSE 0 END), 0)"
        " FROM customers_stagedcustomer WHERE import_id = %s",
        [terms.import_id],
    )[0]
    found = Verdict(int(created), int(updated))
    found.things = {"customers": int(leaders)}
    found.changes = comparing.first_changes(terms)
    found.notes = [
        note for note in _notes(int(rows) - int(leaders), int(claimed), int(agreed)) if note.count
    ] + [*_note_on_reach(int(unreached)), *_note_on_twins(terms), *sharing.notes(terms)]
    found.left_out = beside.left_out(terms)
    return found


def grouped(count: int) -> str:
    return number_format(count, force_grouping=True)


def _notes(again: int, yes: int, proven: int) -> list[Note]:
    put_together = ngettext(
        "%(count)s row names a customer whom another row names too; they were put together.",
        "%(count)s rows name customers whom other rows name too; they were put together.",
        again,
    )
    claimed = ngettext(
        "%(count)s row says that the customer agreed, without saying when and how; that is "
        "noted, and gives no permission.",
        "%(count)s rows say that the customer agreed, without saying when and how; that is "
        "noted, and gives no permission.",
        yes,
    )
    agreed = ngettext(
        "%(count)s row says where and when the customer agreed; that counts, unless they said no "
        "since.",
        "%(count)s rows say where and when the customer agreed; that counts, unless they said no "
        "since.",
        proven,
    )
    return [
        Note("same_customer_again", again, put_together % {"count": grouped(again)}),
        Note("claimed_permission", yes, claimed % {"count": grouped(yes)}),
        Note("proven_permission", proven, agreed % {"count": grouped(proven)}),
    ]


def _note_on_reach(count: int) -> list[Note]:
    sentence = ngettext(
        "%(count)s new customer has a name alone: no address and no number to reach them by.",
        "%(count)s new customers have a name alone: no address and no number to reach them by.",
        count,
    )
    return [Note("out_of_reach", count, sentence % {"count": grouped(count)})] if count else []


def _note_on_twins(terms: Terms) -> list[Note]:
    twins = twins_of_staged(terms.import_id, most=3)
    if not twins.count:
        return []
    sentence = ngettext(
        "%(count)s new customer looks like somebody who is on the list already (%(names)s). "
        "“Duplicates” shows both side by side once the file is in.",
        "%(count)s new customers look like somebody who is on the list already (%(names)s). "
        "“Duplicates” shows them side by side once the file is in.",
        twins.count,
    )
    names = ", ".join(dict.fromkeys(name for _row, name, _pk, _whom in twins.examples))
    return [Note("twins", twins.count, sentence % {"count": grouped(twins.count), "names": names})]


def apply(terms: Terms) -> Iterator[Step]:
    """Bring in the new, let the others of the same file follow, then add and change."""
    done = ongoing_operation("import", subject_id=terms.import_id, by=terms.by, at=terms.at)
    waiting = _stretches(terms, newcomers.WAITING, TAKEN)
    yield from newcomers.steps([_values(terms, *stretch) for stretch in waiting], done)
    if len(waiting) > 1:
        # Whoever brings in the next file compares it with all of these.
        yield partial(count_anew, Customer, Reference, ContactPoint)
    following = _stretches(terms, "s.leader_id IS NOT NULL AND s.customer_id IS NULL", CHUNK)
    pace = Pace()
    for _pass in range(2):
        for low, high in following:
            yield _step(pace, _run, terms, low, high, comparing.FOLLOWING)
    has_first = any(policy == "overwrite" for policy in terms.policies.values())
    telling = _stretches(terms, TELLING, CHANGED_AT_ONCE)
    changed = _stretches(terms, "s.is_changed", CHANGED_AT_ONCE)
    for work, ranges in (
        (_add_reach, changed), *((_put_first, changed),) * has_first,
        (_take_consents, telling), (_change_known, changed),
    ):  # fmt: skip
        pace = Pace()
        for low, high in ranges:
            yield _step(pace, work, terms, low, high, done)
    yield from beside.apply(terms, done)


# What an import may write over.
WRITTEN = (
    "kind", "name", "given_name", "family_name", "about", "since_on", "sort_name", "search_text",
)  # fmt: skip


def _add_reach(terms: Terms, low: int, high: int, done: Operation) -> None:
    values = _values(terms, low, high)
    for model, sql, kind, field in newcomers.ADDED:
        taken = comparing.point_taken(terms, kind, field) if kind else " "
        if taken:
            first = comparing.FIRST_IF_NONE.replace("{kind}", kind)
            wanted = sql.replace("{range}", RANGE).replace("{which}", f"s.is_changed{taken}")
            create_rows(done, model, wanted.replace("{first}", first), values)


def _put_first(terms: Terms, low: int, high: int, done: Operation) -> None:
    """What the file says takes the first place; what stood there is kept behind it."""
    for _model, _sql, kind, field in newcomers.ADDED:
        if not kind or comparing.policy_of(terms, field) != "overwrite":
            continue
        sql = comparing.FIRST_PLACES.replace("{range}", RANGE)
        sql = sql.replace("{kind}", kind).replace("{normal}", comparing.NORMAL_OF[kind])
        moved = dict(rows_of(sql, _values(terms, low, high)))
        theirs = ContactPoint.objects.filter(customer_id__in=list(moved.values()), kind=kind)
        ids = sorted(theirs.values_list("pk", flat=True))
        if ids:
            with changing(done, ContactPoint, ("is_primary",), ids):
                theirs.update(is_primary=False)
                ContactPoint.objects.filter(pk__in=list(moved)).update(is_primary=True)


def _take_consents(terms: Terms, low: int, high: int, _done: Operation) -> None:
    said = _said(terms, low, high)
    for taker in consent_takers if said else ():
        taker.take(said, terms)


CHANGED = (
    "SELECT c.id, s.kind, s.name, s.given_name, s.family_name, s.about, s.since_on, c.kind,"
    " c.name, c.given_name, c.family_name, c.about, c.since_on,"
    " CASE WHEN s.leader_id IS NULL THEN 1 ELSE 0 END,"
    f" CASE WHEN {comparing.STAND_IN} THEN 1 ELSE 0 END"
    " FROM customers_stagedcustomer s JOIN customers_customer c ON c.id = s.customer_id"
    f" WHERE {RANGE} AND s.is_changed AND NOT s.is_new ORDER BY s.id"
)


def _change_known(terms: Terms, low: int, high: int, done: Operation) -> None:
    rows = rows_of(CHANGED, _values(terms, low, high))
    if not rows:
        return
    reach = adding.reach_of(sorted({row[0] for row in rows}))
    at = connection.ops.adapt_datetimefield_value(terms.at)
    ids = sorted(reach)
    policies = {name: comparing.policy_of(terms, name) for name in ("name", "about", "since")}
    with changing(done, Customer, WRITTEN, ids), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE customers_customer SET kind = %s, name = %s, given_name = %s,"
            " family_name = %s, about = %s, since_on = %s, sort_name = %s, search_text = %s,"
            " updated_at = %s WHERE id = %s",
            [(*_changed(row, reach[row[0]], policies), at, row[0]) for row in rows],
        )


def _changed(
    row: Sequence[Any], reach: dict[str, list[str]], policies: dict[str, str]
) -> tuple[Any, ...]:
    told, known, leads, is_stand_in = row[1:7], row[7:13], row[13], row[14]
    by_name = policies["name"]
    has_name = leads and told[1] and by_name != "ignore" and (by_name != "fill" or is_stand_in)
    kind, name, given, family = told[0:4] if has_name else known[0:4]
    if (kind, known[0]) == (Kind.ORGANISATION, Kind.DEPARTMENT):
        kind = known[0]
    if (kind, name) == (known[0], known[1]) and not (given or family):
        # A file that has the whole name alone says nothing against its parts.
        given, family = known[2:4]
    about = _kept(policies["about"], told[4], known[4]) if leads else known[4]
    since_on = _kept(policies["since"], told[5], known[5]) if leads else known[5]
    sort_name = sort_name_of(kind, name, given, family)
    search = search_text_of(
        [name, given, family, *reach["reference"]], reach["email"], reach["phone"]
    )
    return kind, name, given, family, about, since_on, sort_name, search


def _kept(policy: str, told: Any, known: Any) -> Any:
    """What a field holds afterwards: blank leaves what there is, unless it was to clear it."""
    if policy == "clear":
        return told
    if not told or policy == "ignore" or (policy == "fill" and known):
        return known
    if policy == "append" and known:
        return known if told in known else f"{known}\n{told}"
    return told


def empty(terms: Terms) -> Iterator[Step]:
    """Empty the staging of one import."""
    yield from adding.empty(terms)
    delete = "DELETE FROM customers_stagedcustomer AS s WHERE {range}"
    yield from _over_ranges(delete, terms, EMPTIED)
