"""Staged customers into the list, set by set: matched, compared, then brought in.

Every function writes in short transactions, each safe to run again.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core.before_images import changing, create_rows, remember_created
from regulars.core.bulk import count_anew, fresh_ids, id_ranges, rows_of, run_sql, write_rows
from regulars.core.column_sets import Note, Said, Step, Terms, Verdict, consent_takers
from regulars.core.models import Operation
from regulars.core.operations import ongoing_operation
from regulars.customers import adding, comparing, matching, relating, sharing
from regulars.customers.models import (
    ContactPoint,
    Customer,
    Reference,
    StagedCustomer,
    StagedDetail,
)
from regulars.customers.naming import search_text_of, sort_name_of
from regulars.customers.queries.duplicates import twins_of_staged

# Small enough for a transaction of 100 ms on SQLite; a new customer brings words to the search,
# ways to be reached and what the file says about permission.
CHUNK, TAKEN = 2000, 300
T = TypeVar("T")
RANGE = "s.import_id = %(import)s AND s.id BETWEEN %(low)s AND %(high)s"


def resolve(terms: Terms) -> Iterator[Step]:
    """Find the customers that staged rows mean, then one leading row for each, then differences."""
    yield _counted_anew
    for sql in (*matching.statements(terms.keys), *comparing.differing(terms)):
        yield from _over_ranges(sql, terms)
    if adding.has_details(terms):
        yield from _over_ranges(adding.lacking(terms), terms)
        for low, high in id_ranges(StagedDetail, terms.import_id, CHUNK):
            yield _step(adding.mark_own, terms, low, high)
        yield from beside(terms, lambda which: which.resolve(terms))
    for low, high in id_ranges(StagedCustomer, terms.import_id, CHUNK):
        yield _step(_mark_consents, terms, low, high)


def _counted_anew() -> int:
    count_anew(StagedCustomer)
    return 0


def _over_ranges(sql: str, terms: Terms) -> Iterator[Step]:
    for low, high in id_ranges(StagedCustomer, terms.import_id, CHUNK):
        yield _step(_run, terms, low, high, sql)


def _step(work: Any, terms: Terms, low: int, high: int, *more: Any) -> Step:
    def run() -> int:
        with transaction.atomic():
            work(terms, low, high, *more)
        return high - low + 1

    return run


def _values(terms: Terms, low: int, high: int) -> dict[str, Any]:
    return {
        "import": terms.import_id, "low": low, "high": high, "source": terms.source,
        "at": connection.ops.adapt_datetimefield_value(terms.at),
    }  # fmt: skip


def _run(terms: Terms, low: int, high: int, sql: str) -> None:
    run_sql(sql.replace("{range}", RANGE), _values(terms, low, high))


def _said(terms: Terms, low: int, high: int) -> list[Said]:
    rows = rows_of(
        "SELECT s.customer_id, s.row_no, s.says_email, s.says_email_source, s.says_email_at,"
        " s.says_text, s.says_text_source, s.says_text_at,"
        " s.says_chat, s.says_chat_source, s.says_chat_at"
        f" FROM customers_stagedcustomer s WHERE {RANGE} AND s.customer_id IS NOT NULL"
        " AND s.says_email || s.says_text || s.says_chat <> '' ORDER BY s.id",
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
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE customers_stagedcustomer SET is_changed = TRUE"
            " WHERE import_id = %s AND customer_id = %s",
            [(terms.import_id, customer_id) for customer_id in sorted(changed)],
        )


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
        " coalesce(sum(CASE WHEN leader_id = id THEN 1 ELSE 0 END), 0),"
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
    ] + [*_note_on_reach(int(unreached)), *_note_on_twins(terms), *_note_on_households(terms)]
    found.left_out = beside(terms, lambda which: which.left_out(terms))
    return found


def beside(terms: Terms, work: Callable[[Any], Iterator[T]]) -> Iterator[T]:
    """What is to be done about whom rows name beside the customer; mostly nobody is."""
    if relating.has_relations(terms):
        yield from work(relating)
    if sharing.has_households(terms):
        yield from work(sharing)


def _note_on_households(terms: Terms) -> list[Note]:
    count = sharing.new_households(terms) if sharing.has_households(terms) else 0
    sentence = ngettext(
        "%(count)s household is new: who lives there shares its letters.",
        "%(count)s households are new: who lives in one shares its letters.",
        count,
    )
    return [Note("new_households", count, sentence % {"count": grouped(count)})] if count else []


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
    for low, high in id_ranges(StagedCustomer, terms.import_id, TAKEN):
        yield _step(_add_new, terms, low, high, done)
    for _pass in range(2):
        yield from _over_ranges(comparing.FOLLOWING, terms)
    has_first = any(policy == "overwrite" for policy in terms.policies.values())
    for work in (_add_reach, *(_put_first,) * has_first, _take_consents, _change_known):
        for low, high in id_ranges(StagedCustomer, terms.import_id, TAKEN):
            yield _step(work, terms, low, high, done)
    yield from adding.add_all(terms, done)
    yield from beside(terms, lambda which: which.apply(terms, done))


NEW = (
    "SELECT s.id, s.kind, s.name, s.given_name, s.family_name, s.email, s.phone, s.email_normal,"
    " s.phone_normal, s.reference, s.about, s.since_on FROM customers_stagedcustomer s"
    f" WHERE {RANGE} AND s.is_new AND s.customer_id IS NULL ORDER BY s.id"
)
ADDED: tuple[tuple[type[models.Model], str, str, str], ...] = (
    (Reference, comparing.ADD_REFERENCE, "", ""),
    (ContactPoint, comparing.ADD_EMAIL, "email", "email"),
    (ContactPoint, comparing.ADD_PHONE, "phone", "phone"),
    (ContactPoint, comparing.ADD_ADDRESS, "address", "street"),
)
# What an import may write over.
WRITTEN = (
    "kind", "name", "given_name", "family_name", "about", "since_on", "sort_name", "search_text",
)  # fmt: skip
NEW_COLUMNS = (
    "id", "kind", "name", "given_name", "family_name", "sort_name", "search_text", "about",
    "since_on", "source", "created_at", "updated_at",
)  # fmt: skip


def _add_new(terms: Terms, low: int, high: int, done: Operation) -> None:
    rows = rows_of(NEW, _values(terms, low, high))
    ids = fresh_ids(Customer, len(rows))
    write_rows(
        Customer,
        NEW_COLUMNS,
        [_new_customer(pk, row, terms) for pk, row in zip(ids, rows, strict=True)],
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE customers_stagedcustomer SET customer_id = %s WHERE id = %s",
            [(pk, row[0]) for pk, row in zip(ids, rows, strict=True)],
        )
    remember_created(done, Customer, ids)
    # In the same transaction: killed in between, nobody would know them by their number again.
    _add_reach(terms, low, high, done, "s.is_new")


def _new_customer(pk: int, row: Sequence[Any], terms: Terms) -> tuple[Any, ...]:
    _id, kind, name, given, family, email, phone, email_normal, phone_normal, reference = row[:10]
    shown = name or email or phone or _("Customer %(number)s") % {"number": reference}
    sort_name = sort_name_of(kind, shown, given, family)
    search = search_text_of([shown, given, family, reference], [email_normal], [phone_normal])
    at = connection.ops.adapt_datetimefield_value(terms.at)
    return (pk, kind, shown, given, family, sort_name, search, row[10], row[11],
            terms.source, at, at)  # fmt: skip


def _add_reach(
    terms: Terms, low: int, high: int, done: Operation, which: str = "s.is_changed"
) -> None:
    values = _values(terms, low, high)
    for model, sql, kind, field in ADDED:
        taken = comparing.point_taken(terms, kind, field) if kind and which != "s.is_new" else " "
        if taken:
            wanted = sql.replace("{range}", RANGE).replace("{which}", which + taken)
            create_rows(done, model, wanted, values)


def _put_first(terms: Terms, low: int, high: int, done: Operation) -> None:
    """What the file says takes the first place; what stood there is kept behind it."""
    for _model, _sql, kind, field in ADDED:
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
    " CASE WHEN s.leader_id = s.id THEN 1 ELSE 0 END,"
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
    yield from _over_ranges("DELETE FROM customers_stagedcustomer AS s WHERE {range}", terms)
