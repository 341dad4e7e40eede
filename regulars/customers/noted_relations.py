"""Relations as our own files tell them in full: with whom, since when, until when.

With whom is told by our own number beside the same name, or by the name alone; nobody is invented.
"""

# Statements are put together from constants of this file; every value is bound.
# ruff: noqa: S608

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core.before_images import changing, remember_created
from regulars.core.bulk import id_ranges, rows_of
from regulars.core.column_sets import Field, FieldKind, LeftOut, Step, Terms
from regulars.core.models import Operation
from regulars.core.several import noted_in
from regulars.customers import relating
from regulars.customers.choices import RelationKind
from regulars.customers.matching import OWN_NUMBER
from regulars.customers.models import Customer, Relation, StagedCustomer, StagedDetail
from regulars.customers.naming import folded_name
from regulars.customers.noted import LONGEST_SOURCE, NO_PLACE, day_of

STANDS = "stands"
FIELD = "relations_noted"
NOTED_RELATIONS = Field(
    FIELD, gettext_lazy("Relations, as noted"), FieldKind.TEXT, ("relations, as noted",),
    listed=("customer.works_at", "customer.referred_by", "customer.serves"),
)  # fmt: skip
DAYS = ("since", "until")
CHUNK = 300
_ENTRIES = (
    "SELECT d.row_no, d.label, d.value, d.beside, s.id, s.leader_id, s.customer_id,"
    " coalesce(c.kind, s.kind) FROM customers_stageddetail d JOIN customers_stagedcustomer s"
    " ON s.import_id = d.import_id AND s.key = d.key LEFT JOIN customers_customer c"
    " ON c.id = s.customer_id WHERE +d.import_id = %(import)s"
    f" AND d.id BETWEEN %(low)s AND %(high)s AND d.kind = '{STANDS}' ORDER BY d.id"
)


def reader_of_relations(values: Sequence[str]) -> Any:
    """Each relation of a cell as it was noted; a line that is none is kept to be told."""

    def read(at: int) -> Iterator[tuple[Any, ...]]:
        for kind, name, beside in _lines(values[at]):
            sign = hashlib.sha256(f"{kind}|{name}|{beside}".encode()).hexdigest()
            yield STANDS, kind, name, sign, "", "", *NO_PLACE, beside

    return read


def relations_named(cell: str) -> set[tuple[str, str]]:
    """By kind and name, the relations that a cell tells in full."""
    return {(kind, folded_name(name)) for kind, name, beside in _lines(cell) if beside}


def _lines(cell: str) -> Iterator[tuple[str, str, str]]:
    if not cell.strip():
        return
    read = noted_in(cell)
    if read is None:
        yield "", cell, ""
        return
    for kind, told in read:
        name = " ".join(told.pop("name", "").split())
        if kind in RelationKind.values and folded_name(name) and _is_read(told):
            yield kind, name, json.dumps(told)
        else:
            yield "", f"{kind}: {name}", ""


def _is_read(told: dict[str, str]) -> bool:
    days = [day_of(told[name]) for name in DAYS if name in told]
    number = told.get("number", "1")
    return (
        set(told) <= {*DAYS, "number", "source"} and None not in days
        and ("since" not in told or "until" not in told or told["since"] <= told["until"])
        and number.isascii() and number.isdigit() and len(number) < 19
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One row's word on a relation, and whom it means, or why it means nobody."""

    named: relating.Named
    told: dict[str, str]
    other: relating.Whom | None
    why: str

    def day(self, name: str) -> date | None:
        return day_of(self.told.get(name, ""))


def has_noted(terms: Terms) -> bool:
    return StagedDetail.objects.filter(import_id=terms.import_id, kind=STANDS).exists()


def resolve(terms: Terms) -> Iterator[Step]:
    """Mark the known customers of whom the file tells a relation, or a day of one, that is new."""
    for low, high in id_ranges(StagedDetail, terms.import_id, CHUNK):
        yield partial(_mark, terms, low, high)


def left_out(terms: Terms) -> Iterator[LeftOut]:
    """The lines that cannot be taken, each with its row and why."""
    for low, high in id_ranges(StagedDetail, terms.import_id, CHUNK):
        for entry in _entries(terms, low, high):
            if entry.why:
                named = entry.named
                yield LeftOut("customers", named.row, FIELD, named.value[:200], entry.why)


def apply(terms: Terms, done: Operation) -> Iterator[Step]:
    """Note the relations with their days, in short transactions."""
    for low, high in id_ranges(StagedDetail, terms.import_id, CHUNK):
        yield partial(_note, terms, done, low, high)


def _mark(terms: Terms, low: int, high: int) -> int:
    entries = _entries(terms, low, high)
    known = _known(entries)
    new = [
        entry.named.staged for entry in entries
        if entry.other and (not _is_placed(entry) or _change(entry, known, terms) is not None)
    ]  # fmt: skip
    if new:
        with transaction.atomic():
            StagedCustomer.objects.filter(pk__in=new, is_new=False).update(is_changed=True)
    return high - low + 1


def _note(terms: Terms, done: Operation, low: int, high: int) -> int:
    entries = [entry for entry in _entries(terms, low, high) if _is_placed(entry)]
    known = _known(entries)
    changes = [_change(entry, known, terms) for entry in entries]
    told = {id(one): one for one in changes if one is not None}.values()
    begun, made = [one for one in told if one.pk], [one for one in told if not one.pk]
    if told:
        with transaction.atomic():
            with changing(done, Relation, ("since_on",), sorted(one.pk for one in begun)):
                Relation.objects.bulk_update(begun, ["since_on"])
            Relation.objects.bulk_create(made)
            remember_created(done, Relation, [one.pk for one in made])
    return high - low + 1


def _is_placed(entry: Entry) -> bool:
    """Whether both stand on the list already."""
    return entry.other is not None and entry.other[0] == entry.named.own[0] == "known"


Ends = tuple[int, str, int]


def _ends(entry: Entry) -> Ends:
    assert entry.other is not None
    (_of, of), kind, (_to, to) = relating.pair_of(entry.named, entry.other)
    return of, kind.value, to


def _known(entries: Sequence[Entry]) -> dict[Ends, list[Relation]]:
    """All that is noted between these, over or not."""
    ids = {pk for entry in entries if _is_placed(entry) for pk in _ends(entry)[::2]}
    found: dict[Ends, list[Relation]] = {}
    for one in Relation.objects.filter(of__in=ids, to__in=ids).order_by("pk"):
        found.setdefault((one.of_id, one.kind, one.to_id), []).append(one)
    return found


def _change(entry: Entry, known: dict[Ends, list[Relation]], terms: Terms) -> Relation | None:
    """The relation that is to be written; nothing where what is noted says as much."""
    ends, since_on, until_on = _ends(entry), entry.day("since"), entry.day("until")
    have = known.setdefault(ends, [])
    same = next((one for one in have if one.until_on == until_on), None)
    if same is None and since_on and until_on:
        # It ended elsewhere; here nobody knows of that.
        same = next((one for one in have if one.since_on == since_on), None)
    if same is None:
        of, kind, to = ends
        source = entry.told.get("source", terms.source)[:LONGEST_SOURCE]
        one = Relation(
            kind=kind, of_id=of, to_id=to, since_on=since_on, until_on=until_on, source=source,
            created_at=terms.at,
        )  # fmt: skip
        have.append(one)
        return one
    if same.since_on is None and since_on and (not same.until_on or since_on <= same.until_on):
        same.since_on = since_on
        return same
    return None


def _entries(terms: Terms, low: int, high: int) -> list[Entry]:
    values = {"import": terms.import_id, "low": low, "high": high}
    rows = rows_of(_ENTRIES, values)
    told = [json.loads(row[3]) if row[3] else {} for row in rows]
    candidates = relating.candidates_for(terms, {row[2] for row in rows if row[3]})
    numbered = _numbered(terms, {one["number"] for one in told if "number" in one})
    found = []
    for (row, kind, name, beside, staged, leader, pk, own), parts in zip(rows, told, strict=True):
        whom = ("known", pk) if pk else ("new", leader or staged)
        detail = relating.DETAIL_OF_KIND.get(kind, "")
        named = relating.Named(row, detail, name, staged, whom, own)
        if not beside:
            found.append(Entry(named, {}, None, _unread()))
            continue
        told_by = numbered.get(parts.get("number", ""), {}).get(folded_name(name))
        other, why = relating.meant(named, candidates, told_by)
        found.append(Entry(named, parts, other, why))
    return found


def _unread() -> str:
    return _(
        "This is not as our own files note it, like “works_at; name: Weir Mill; since: "
        "2026-03-01”. Write the name alone in another column, and choose “Works at” or another "
        "relation for it."
    )


def _numbered(terms: Terms, numbers: set[str]) -> dict[str, dict[str, relating.Told]]:
    """Who of the list, and of the file, has these numbers of ours: by number, then by name."""
    found: dict[str, dict[str, relating.Told]] = {}
    keys = {f"{OWN_NUMBER}{int(number)}": number for number in numbers}
    staged = StagedCustomer.objects.filter(import_id=terms.import_id, key__in=list(keys))
    for pk, leader, known, kind, name, key in staged.values_list(
        "id", "leader_id", "customer_id", "kind", "name", "key"
    ):
        whom: relating.Whom = ("known", known) if known else ("new", leader or pk)
        found.setdefault(keys[key], {})[folded_name(name)] = whom, kind
    listed = Customer.objects.on_the_list().filter(pk__in=[int(number) for number in numbers])
    for pk, kind, name in listed.values_list("pk", "kind", "name"):
        by_name = found.setdefault(str(pk), {})
        by_name.setdefault(folded_name(name), (("known", pk), kind))
    return found
