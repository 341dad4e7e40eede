"""Staged uses into the books: looked at one by one as the till would, and used by its own action.

Every function writes in short transactions, each safe to run again.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core import audit
from regulars.core.before_images import create_rows, remember_created
from regulars.core.bulk import count_anew, rows_of, run_sql
from regulars.core.column_sets import Note, Step, Terms, Verdict
from regulars.core.errors import Refusal
from regulars.core.models import Operation
from regulars.core.operations import ongoing_operation
from regulars.core.pace import over_staging
from regulars.customers.models import Customer
from regulars.offers.actions.past import PastOffer, keep_past_offer
from regulars.offers.actions.redeeming import use_code
from regulars.offers.choices import Staged
from regulars.offers.errors import (
    CodeOfSomebodyElse,
    CodeUsed,
    CustomerNeeded,
    NothingLeft,
    NotTheirWave,
    OfferNotYetOpen,
    OfferOver,
)
from regulars.offers.models import Chosen, Code, Offer, Redemption, StagedUse, Wave
from regulars.offers.queries.till import Judged, judge, read_later, said

# Each use is locked, judged and written by itself, as at the till: about 5 ms.
ROWS, USES, EMPTIED, LONGEST = 1000, 100, 10_000, 500
STAGED = StagedUse._meta.db_table
RANGE = "+s.import_id = %(import)s AND s.id BETWEEN %(low)s AND %(high)s"
STRANGER, NOWHERE = "stranger", "nowhere"

MATCH_CUSTOMER = (
    f"UPDATE {STAGED} AS s SET customer_id = (SELECT r.customer_id FROM customers_reference r"
    " JOIN customers_customer c ON c.id = r.customer_id WHERE r.value = s.reference"
    " AND c.deleted_at IS NULL AND c.erased_at IS NULL AND c.merged_into_id IS NULL"
    " ORDER BY CASE WHEN r.source = %(source)s THEN 0 ELSE 1 END, r.id LIMIT 1)"
    f" WHERE {RANGE} AND s.reference <> ''"
)
STRANGERS = (
    f"UPDATE {STAGED} AS s SET field = 'customer', why = '{STRANGER}' WHERE {RANGE}"
    " AND s.reference <> '' AND s.customer_id IS NULL"
)
MATCH_OFFER = (
    f"UPDATE {STAGED} AS s SET offer_id = (SELECT o.id FROM offers_offer o"
    " WHERE o.source = %(source)s AND o.reference = s.number)"
    f" WHERE {RANGE} AND s.number <> ''"
)
# Whom an offer was for that nobody knows, and that does not come along.
UNKNOWN = (
    f"UPDATE {STAGED} AS s SET field = 'offer', why = '{NOWHERE}' WHERE {RANGE}"
    " AND s.what = 'chosen' AND s.why = '' AND s.offer_id IS NULL AND NOT EXISTS (SELECT 1"
    f" FROM {STAGED} o WHERE o.import_id = s.import_id AND o.what = 'offer'"
    " AND o.number = s.number)"
)
NEW = (
    f"UPDATE {STAGED} AS s SET is_new = (CASE s.what WHEN 'offer' THEN s.offer_id IS NULL"
    " WHEN 'chosen' THEN NOT EXISTS (SELECT 1 FROM offers_chosen c"
    " WHERE c.customer_id = s.customer_id AND c.offer_id = s.offer_id)"
    " ELSE NOT EXISTS (SELECT 1 FROM offers_redemption r WHERE r.slip = 'file:' || s.key) END)"
    f" WHERE {RANGE} AND s.why = ''"
)
CHOOSE = (
    "INSERT INTO offers_chosen (offer_id, wave_id, customer_id, since_at)"
    " SELECT s.offer_id, w.id, s.customer_id, w.opens_at"
    f" FROM {STAGED} s JOIN offers_wave w ON w.offer_id = s.offer_id WHERE {RANGE}"
    " AND s.what = 'chosen' AND s.is_new ORDER BY s.id"
    " ON CONFLICT (customer_id, offer_id) DO NOTHING"
)


# Looking


def resolve(terms: Terms) -> Iterator[Step]:
    """Find whose and which they are, then whether each could be used when it was."""
    yield lambda: count_anew(StagedUse)
    for sql in (MATCH_CUSTOMER, STRANGERS, MATCH_OFFER, UNKNOWN, NEW):
        yield from over_staging(StagedUse, ROWS, terms, _run, sql)
    yield from over_staging(StagedUse, USES, terms, _judge_some)


def _judge_some(terms: Terms, low: int, high: int) -> None:
    rows = list(_new(terms, low, high).filter(what=Staged.USE).order_by("pk"))
    past = _past_of(rows, terms)
    # The codes of earlier rows count, so that each is written before the next is looked at.
    for row in rows:
        try:
            with read_later():
                _judge(row) if row.code_id else _judge_past(row, past)
        except Refusal as no:
            row.field, row.why = _blamed(no), _why(no)
            row.is_new = False
        if row.code_id or row.why:
            row.save(update_fields=["field", "why", "is_new", "used_at", "offer_id"])


Span = tuple[datetime, datetime, bool]


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of the offers that some rows name: when they were, and whom they were for."""

    spans: dict[str, Span]
    meant: set[tuple[str, int]]


def _past_of(rows: list[StagedUse], terms: Terms) -> Past:
    numbers = {one.number for one in rows if one.number}
    people = {one.customer_id for one in rows if one.number and one.customer_id}
    staged = StagedUse.objects.filter(
        import_id=terms.import_id, what=Staged.CHOSEN, number__in=numbers, customer_id__in=people
    ).values_list("number", "customer_id")
    known = Chosen.objects.filter(
        customer__in=people, offer__source=_source(terms), offer__reference__in=numbers
    ).values_list("offer__reference", "customer_id")
    meant = {(number, pk) for number, pk in (*staged, *known) if pk is not None}
    return Past(_spans(terms, numbers), meant)


def _spans(terms: Terms, numbers: set[str]) -> dict[str, Span]:
    """From when until when these offers were, and whether for everybody: here, or in the files."""
    waves = Wave.objects.filter(offer__source=_source(terms), offer__reference__in=numbers)
    known = waves.values_list("offer__reference", "opens_at", "closes_at", "is_public")
    staged = StagedUse.objects.filter(
        import_id=terms.import_id, what=Staged.OFFER, number__in=numbers
    ).values_list("number", "opens_at", "closes_at")
    is_for_all = not _names_whom(terms)
    found = {
        number: (opens, closes, is_for_all)
        for number, opens, closes in staged if opens is not None and closes is not None
    }  # fmt: skip
    return found | {number: (opens, closes, all_) for number, opens, closes, all_ in known}


def _names_whom(terms: Terms) -> bool:
    return bool({"chosen", "responses"} & terms.roles)


def _judge(row: StagedUse) -> None:
    """Refuse what could not be; of a day without a time, the first moment that holds is taken."""
    code = Code.objects.get(pk=row.code_id or 0)
    customer = Customer.objects.filter(pk=row.customer_id or 0).first()
    found = _judged(row, code, customer)
    row.offer_id = found.offer.pk
    earlier = StagedUse.objects.filter(
        import_id=row.import_id, what=Staged.USE, is_new=True, pk__lt=row.pk
    )
    same = earlier.filter(code_id=code.pk)
    if code.customer_id is None:
        same = same.filter(customer_id=row.customer_id)
    if found.left is not None and same.count() >= found.left:
        raise CodeUsed(_("The file uses this code more often than it may be used."))
    if _left_in_stock(found) <= earlier.filter(offer_id=found.offer.pk).count():
        raise NothingLeft(_("Nothing is left of “%(offer)s”.") % {"offer": found.offer.name})


def _judged(row: StagedUse, code: Code, customer: Customer | None) -> Judged:
    assert row.used_at is not None
    try:
        return judge(code, at=row.used_at, customer=customer)
    except (OfferNotYetOpen, CustomerNeeded, NotTheirWave):
        if row.until_at is None or row.until_at == row.used_at:
            raise
    # It may have opened in the course of that day.
    row.used_at = row.until_at
    return judge(code, at=row.used_at, customer=customer)


def _left_in_stock(found: Judged) -> float:
    common = found.offer.common_left
    return float("inf") if common is None else common + found.wave.held_left


def _judge_past(row: StagedUse, past: Past) -> None:
    if row.number not in past.spans:
        raise OfferOver(
            _("There is no offer “%(number)s” from there.") % {"number": row.number},
            _("Bring the offers in beside it, as offers=FILE, or name the code."),
        )
    opens, closes, is_for_all = past.spans[row.number]
    assert row.used_at is not None
    if not opens <= row.used_at < closes:
        raise OfferOver(
            _("It was used %(when)s, and the offer was from %(opens)s until %(closes)s.")
            % {"when": said(row.used_at), "opens": said(opens), "closes": said(closes)}
        )
    if not is_for_all and (row.number, row.customer_id) not in past.meant:
        raise NotTheirWave(
            _("The offer “%(number)s” was not for this customer.") % {"number": row.number}
        )


def _why(no: Refusal) -> str:
    remedy = no.remedy or _("Mend the row, or leave it out.")
    return f"{no.sentence} {remedy}"[:LONGEST]


def _blamed(no: Refusal) -> str:
    """The field of a file that a refusal is about."""
    if isinstance(no, CodeOfSomebodyElse | NotTheirWave | CustomerNeeded):
        return "customer"
    return "used" if isinstance(no, OfferNotYetOpen | OfferOver) else "code"


# Saying


def verdict(terms: Terms) -> Verdict:
    """Count rows by what would become of them, and say what keeps the others out."""
    counted = rows_of(
        f"SELECT s.what, count(*) FROM {STAGED} s WHERE s.import_id = %s AND s.is_new"
        " AND s.why = '' GROUP BY s.what", [terms.import_id],
    )  # fmt: skip
    things = {str(what): int(count) for what, count in counted}
    # A row of answers names its offers again and again: that is no row of its own.
    created = rows_of(
        f"SELECT count(*) FROM (SELECT DISTINCT s.role, s.row_no FROM {STAGED} s"
        " WHERE s.import_id = %s AND s.is_new AND s.why = ''"
        " AND NOT (s.role = 'responses' AND s.what = 'offer')) q", [terms.import_id],
    )[0][0]  # fmt: skip
    found = Verdict(created=int(created))
    found.things = {"offers": things.get(Staged.OFFER, 0), "chosen": things.get(Staged.CHOSEN, 0),
                    "uses": things.get(Staged.USE, 0)}  # fmt: skip
    found.untaken = _untaken(terms)
    found.notes = list(_notes(found.things, terms))
    return found


def _untaken(terms: Terms) -> list[tuple[str, int, str, str]]:
    rows = rows_of(
        "SELECT s.role, s.row_no, min(s.field), min(s.why), min(s.reference), min(s.number)"
        f" FROM {STAGED} s"
        " WHERE s.import_id = %s AND s.why <> '' GROUP BY s.role, s.row_no"
        " ORDER BY s.role, s.row_no", [terms.import_id],
    )  # fmt: skip
    words = {
        STRANGER: _("There is no customer with the number “%s”. Bring the customers in first."),
        NOWHERE: _("There is no offer “%s” from there. Bring it in beside this, as offers=FILE."),
    }
    return [
        (str(role), int(row), str(field),
         words[why] % str(reference if why == STRANGER else number)[:60] if why in words
         else str(why))
        for role, row, field, why, reference, number in rows
    ]  # fmt: skip


def _notes(things: dict[str, int], terms: Terms) -> Iterator[Note]:
    if count := things["uses"]:
        yield Note("used", count, ngettext(
            "%(n)d use is written down, as the till would have.",
            "%(n)d uses are written down, as the till would have.", count,
        ) % {"n": count})  # fmt: skip
    if count := things["offers"]:
        yield Note("past", count, ngettext(
            "%(n)d offer that is over comes with it: for comparing; nobody sees or uses it.",
            "%(n)d offers that are over come with it: for comparing; nobody sees or uses them.",
            count) % {"n": count})  # fmt: skip
    if "responses" in terms.roles and things["uses"]:
        yield Note("moment", things["uses"], _(
            "The file does not say when they were used: they stand under the moment in which they"
            " came in."))  # fmt: skip


# Bringing in


def apply(terms: Terms) -> Iterator[Step]:
    """First the offers, then whom they were for, then each use by the action of the till."""
    done = ongoing_operation("import", subject_id=terms.import_id, by=terms.by, at=terms.at)
    yield from over_staging(StagedUse, USES, terms, _add_offers, done)
    yield from over_staging(StagedUse, ROWS, terms, _add_chosen, done)
    yield from over_staging(StagedUse, USES, terms, _add_uses, done)


def refused(terms: Terms) -> list[tuple[str, int, str, str]]:
    """Uses refused by the till's action since the file was looked at; told once."""
    late = StagedUse.objects.filter(import_id=terms.import_id, is_new=True).exclude(why="")
    found = list(late.order_by("role", "row_no").values_list("role", "row_no", "field", "why"))
    late.update(is_new=False)
    return found


def empty(terms: Terms) -> Iterator[Step]:
    """Empty the staging of one import."""
    delete = f"DELETE FROM {STAGED} AS s WHERE {RANGE}"
    yield from over_staging(StagedUse, EMPTIED, terms, _run, delete)


def _add_offers(terms: Terms, low: int, high: int, done: Operation) -> None:
    for row in _new(terms, low, high).filter(what=Staged.OFFER, offer_id=None).order_by("pk"):
        assert row.opens_at is not None
        assert row.closes_at is not None
        offer, wave, code = keep_past_offer(
            PastOffer(
                _source(terms), row.number, row.name, row.sort, terms.currency, row.opens_at,
                row.closes_at, is_for_all=not _names_whom(terms),
            ),
            by=terms.by, at=terms.at,
        )  # fmt: skip
        remember_created(done, Offer, [offer.pk])
        remember_created(done, Wave, [wave.pk])
        remember_created(done, Code, [code.pk])
        StagedUse.objects.filter(import_id=terms.import_id, number=row.number).update(
            offer_id=offer.pk
        )


def _add_chosen(terms: Terms, low: int, high: int, done: Operation) -> None:
    create_rows(done, Chosen, CHOOSE, _values(terms, low, high))


def _add_uses(terms: Terms, low: int, high: int, done: Operation) -> None:
    rows = list(_new(terms, low, high).filter(what=Staged.USE).order_by("pk"))
    known = set(
        Redemption.objects.filter(slip__in=[_slip(one) for one in rows])
        .values_list("slip", flat=True)
    )  # fmt: skip
    codes = Code.objects.in_bulk([one.code_id for one in rows if one.code_id])
    shared = {
        one.offer_id: one for one in Code.objects.filter(
            offer__in=[one.offer_id for one in rows if not one.code_id], customer=None
        )
    }  # fmt: skip
    people = Customer.objects.in_bulk([one.customer_id for one in rows if one.customer_id])
    made = []
    for row in rows:
        if _slip(row) in known:
            continue
        code = codes[row.code_id] if row.code_id else shared[row.offer_id or 0]
        used = _used(row, code, people.get(row.customer_id or 0), terms)
        if used is not None:
            made.append(used.pk)
    remember_created(done, Redemption, made)


def _used(row: StagedUse, code: Code, customer: Customer | None, terms: Terms) -> Redemption | None:
    assert row.used_at is not None
    try:
        with transaction.atomic(), read_later():
            return use_code(
                code, slip=_slip(row), by=terms.by, at=terms.at, used_at=row.used_at,
                customer=customer, receipt=row.receipt,
            )  # fmt: skip
    except Refusal as no:
        # Somebody used it at a till since the file was looked at: theirs was first.
        row.field, row.why = _blamed(no), _why(no)
        row.save(update_fields=["field", "why"])
        audit.record(
            "left a use out", code, by=terms.by, at=terms.at, row=row.row_no,
            of_import=terms.import_id,
        )  # fmt: skip
        return None


def _slip(row: StagedUse) -> str:
    return f"file:{row.key}"


def _new(terms: Terms, low: int, high: int) -> Any:
    return StagedUse.objects.filter(
        Q(import_id=terms.import_id), why="", is_new=True, pk__range=(low, high)
    )


def _source(terms: Terms) -> str:
    return terms.source[:20]


def _run(terms: Terms, low: int, high: int, sql: str) -> None:
    run_sql(sql, _values(terms, low, high))


def _values(terms: Terms, low: int, high: int) -> dict[str, Any]:
    return {
        "import": terms.import_id, "low": low, "high": high, "source": _source(terms),
        "at": connection.ops.adapt_datetimefield_value(terms.at),
    }  # fmt: skip
