"""What else a row says of a customer: more ways to reach them, tags, interests, own fields.

A file without such columns leaves no row here, and costs nothing.
"""

# Statements are put together from constants of this file; every value is bound.

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from regulars.core.bulk import merge_rows
from regulars.core.column_sets import Batch, Field, FieldKind, Terms, Untaken
from regulars.core.several import AROUND, names_of_cell, parted
from regulars.customers.choices import InterestKind, PointKind
from regulars.customers.custom_values import value_read
from regulars.customers.errors import ValueUnreadable
from regulars.customers.headings import REACH
from regulars.customers.heard import heard_fields, words_heard
from regulars.customers.models import CustomField, StagedDetail
from regulars.customers.naming import folded_name, normal_of, seal_of, state_of
from regulars.customers.noted import KIND_OF, NOTED_FIELDS, reader_of_noted
from regulars.customers.noted_relations import (
    FIELD,
    NOTED_RELATIONS,
    reader_of_relations,
    relations_named,
)
from regulars.customers.queries.custom import custom_fields
from regulars.customers.relating import DETAIL_OF, RELATING_FIELDS, RELATIONS
from regulars.customers.sharing import LIVES_IN, SHARING_FIELDS

COLUMNS = (
    "import_id", "key", "row_no", "kind", "label", "value", "normal", "seal", "state", "street",
    "postcode", "city", "region", "country", "beside",
)  # fmt: skip
# A later row speaks last, but blank never erases.
ON_CONFLICT = (
    "UPDATE SET value = excluded.value, label = CASE WHEN excluded.label <> '' THEN excluded.label"
    " ELSE customers_stageddetail.label END"
)
PLACE = ("street", "postcode", "city", "region", "country")
TAG, OWN = "tag", "own"
LONGEST_TAG, LONGEST_TOPIC = 60, 120
# What a heading says about where a number rings or a letter goes.
_LABELS = {
    "home": "home", "private": "home", "privat": "home", "work": "work", "business": "work",
    "office": "work", "company": "work", "mobile": "mobile", "cell": "mobile", "mobil": "mobile",
    "handy": "mobile", "billing": "billing", "invoice": "billing", "shipping": "shipping",
    "delivery": "shipping", "mailing": "mailing", "other": "other", "car": "car",
    "assistant": "assistant", "main": "main", "default": "default",
}  # fmt: skip

DETAIL_FIELDS = (
    Field("email_label", gettext_lazy("Label of the e-mail"), FieldKind.TEXT,
          ("e-mail 1 - label", "e-mail 1 - type"), longest=40, beside=("email",), repeats=True,
          listed=("customer.email",)),
    Field("phone_label", gettext_lazy("Label of the phone"), FieldKind.TEXT,
          ("phone 1 - label", "phone 1 - type"), longest=40, beside=("phone",), repeats=True,
          listed=("customer.phone",)),
    Field("address_label", gettext_lazy("Label of the address"), FieldKind.TEXT,
          ("address 1 - label", "address 1 - type"), longest=40,
          beside=("street", "city", "postcode"), repeats=True, listed=("customer.street",)),
    Field("tags", gettext_lazy("Tags"), FieldKind.TEXT,
          ("tags", "tag", "labels", "categories", "group membership", "schlagworte", "etiquetas"),
          listed=("customer.tags",)),
    Field("interests", gettext_lazy("Interests"), FieldKind.TEXT,
          ("interests", "interest", "hobbies", "hobby", "topics", "interessen", "intereses"),
          listed=("customer.interests",), part_of=gettext_lazy("Interests")),
    Field("needs", gettext_lazy("Needs"), FieldKind.TEXT, ("needs", "need"),
          listed=("customer.needs",), part_of=gettext_lazy("Needs")),
    *NOTED_FIELDS,
    NOTED_RELATIONS,
    Field("other_emails", gettext_lazy("Other e-mails, several in one cell"), FieldKind.TEXT,
          ("other e-mails", "other emails"), listed=("customer.email",), part_of=REACH[0]),
    Field("other_phones", gettext_lazy("Other phones, several in one cell"), FieldKind.TEXT,
          ("other phones", "other telephones"), listed=("customer.phone",), part_of=REACH[1]),
    Field("number_here", gettext_lazy("Number in Regulars"), FieldKind.IDENTIFIER,
          ("number in regulars",)),
    *RELATING_FIELDS,
    *SHARING_FIELDS,
)  # fmt: skip
# Under which word it waits whom a row names beside the customer.
NAMES = {"household": LIVES_IN, **DETAIL_OF}


def own_fields() -> tuple[Field, ...]:
    """A field for each of the business's own: by its label, its key, and as exports call it."""
    return tuple(
        Field(
            field.name,
            field.label,
            FieldKind.TEXT,
            (field.label, field.key, field.name),
            listed=(f"own.{field.key}",),
        )
        for field in custom_fields()
    )


def has_details(names: Collection[str]) -> bool:
    """Whether any of these fields says more than the first way to reach somebody."""
    named = {field.name for field in (*DETAIL_FIELDS, *heard_fields())}
    return any("#" in name or name in named or name.startswith("own_") for name in names)


def details_of(
    batch: Batch, keys: Sequence[str], terms: Terms
) -> tuple[list[tuple[Any, ...]], list[Untaken]]:
    """The details of some rows, and the rows in which one of them cannot be read."""
    found: dict[tuple[str, str, str], tuple[Any, ...]] = {}
    untaken: list[Untaken] = []
    for row, key, told in _told(batch, keys, terms, untaken):
        kind, label, value, normal = told[:4]
        # Mostly nothing more was noted beside it.
        rest = (*told[4:], "")[:8]
        line = (terms.import_id, key, row, kind, label[:40], value, normal, *rest)
        known = found.get((key, kind, normal))
        if known is not None and not label:
            line = (*line[:4], known[4], *line[5:])
        found[key, kind, normal] = line
    lost = {row for row, _field, _why in untaken}
    return [line for line in found.values() if line[2] not in lost], untaken


def stage_details(lines: Sequence[tuple[Any, ...]]) -> None:
    merge_rows(
        StagedDetail, COLUMNS, lines, key=("import_id", "key", "kind", "normal"),
        on_conflict=ON_CONFLICT,
    )  # fmt: skip


Told = tuple[Any, ...]
NO_PLACE = ("", "", "", "", "")


def _told(
    batch: Batch, keys: Sequence[str], terms: Terms, untaken: list[Untaken]
) -> Iterator[tuple[int, str, Told]]:
    readers = [*_points(batch), *_several(batch, terms), *_words(batch)]
    readers.append(lambda at: words_heard(batch, at, untaken))
    own = {field.name: field for field in custom_fields() if field.name in batch.columns}
    for at, (row, key) in enumerate(zip(batch.rows, keys, strict=True)):
        if not key:
            continue
        for read in readers:
            for told in read(at):
                yield row, key, told
        for name, field in own.items():
            text = batch.columns[name][at]
            try:
                held = value_read(field, text, terms.currency)
            except ValueUnreadable as no:
                untaken.append((row, name, no.sentence))
                continue
            if held is not None:
                yield row, key, (OWN, str(field.pk), text, f"{field.pk}", "", "", *NO_PLACE)


def _points(batch: Batch) -> list[Any]:
    """One reader for each repeated column of addresses and numbers, and for the first's label."""
    readers = []
    for name in batch.columns:
        base, _sign, nth = name.partition("#")
        if base in ("email", "phone") and (nth or f"{base}_label" in batch.columns):
            readers.append(_reader_of_reach(batch, name, base, nth))
    groups = sorted({name.partition("#")[2] for name in batch.columns
                     if name.partition("#")[0] in PLACE})  # fmt: skip
    has_label = "address_label" in batch.columns
    return readers + [_reader_of_place(batch, nth) for nth in groups if nth or has_label]


def _label_of(batch: Batch, name: str, kind: str, nth: str) -> Any:
    told = batch.columns.get(f"{kind}_label#{nth}" if nth else f"{kind}_label")
    words = re.findall(r"[^\W\d_]+", batch.headings.get(name, "").casefold())
    from_heading = " ".join(dict.fromkeys(_LABELS[word] for word in words if word in _LABELS))
    return lambda at: (told[at].strip(AROUND) if told else "") or from_heading


def _reader_of_reach(batch: Batch, name: str, kind: str, nth: str) -> Any:
    values, label = batch.columns[name], _label_of(batch, name, kind, nth)

    def read(at: int) -> Iterator[Told]:
        reach = values[at]
        if reach is not None and reach.normal:
            seal = seal_of(PointKind(kind), reach.normal)
            state = "doubtful" if reach.is_doubtful else "usable"
            yield kind, label(at), reach.value, reach.normal, seal, state, *NO_PLACE

    return read


def _reader_of_place(batch: Batch, nth: str) -> Any:
    blank = [""] * len(batch.rows)
    names = [f"{part}#{nth}" if nth else part for part in PLACE]
    columns = [batch.columns.get(name) or blank for name in names]
    label = _label_of(batch, next(n for n in names if n in batch.columns), "address", nth)

    def read(at: int) -> Iterator[Told]:
        street, postcode, city, region, country = place = [column[at] for column in columns]
        if any(place):
            value = ", ".join(part for part in (street, f"{postcode} {city}".strip()) if part)
            state = "usable" if street else "doubtful"
            yield (
                PointKind.ADDRESS.value, label(at), value, "|".join(place)[:320], "", state,
                street, postcode[:40], city[:200], region[:200], country[:100],
            )  # fmt: skip

    return read


def _several(batch: Batch, terms: Terms) -> list[Any]:
    """Readers of cells that hold several addresses or numbers, as our own files have them."""
    return [
        _reader_of_several(batch.columns[name], kind, terms.country)
        for name, kind in (("other_emails", PointKind.EMAIL), ("other_phones", PointKind.PHONE))
        if name in batch.columns
    ]


def _reader_of_several(values: Sequence[str], kind: PointKind, country: str) -> Any:
    def read(at: int) -> Iterator[Told]:
        for part in values[at].split(";") if values[at] else ():
            value = part.strip()
            normal = normal_of(kind, value, country)
            if normal:
                state = state_of(kind, normal).value
                yield kind.value, "", value, normal, seal_of(kind, normal), state, *NO_PLACE

    return read


def _words(batch: Batch) -> list[Any]:
    readers = []
    for name, kind, longest, label in (
        ("tags", TAG, LONGEST_TAG, ""),
        ("interests", InterestKind.INTEREST.value, LONGEST_TOPIC, ""),
        ("needs", InterestKind.NEED.value, LONGEST_TOPIC, ""),
    ):
        if name in batch.columns:
            readers.append(_reader_of_words(batch.columns[name], kind, longest, label))
    readers += [
        reader_of_noted(batch.columns[name], kind)
        for name, kind in KIND_OF.items() if name in batch.columns
    ]  # fmt: skip
    in_full = batch.columns.get(FIELD)
    if in_full is not None:
        readers.append(reader_of_relations(in_full))
    readers += [
        _reader_of_name(batch.columns[name], kind, in_full)
        for name, kind in NAMES.items() if name in batch.columns
    ]  # fmt: skip
    return readers


def _reader_of_name(values: Sequence[str], kind: str, in_full: Sequence[str] | None) -> Any:
    """A name may hold any sign: it is parted only where each stands in quotation marks."""

    def read(at: int) -> Iterator[Told]:
        # Whoever is told of in full is not asked for by the name alone once more.
        told = relations_named(in_full[at]) if in_full and kind in RELATIONS else set()
        for one in names_of_cell(values[at]):
            name = " ".join(one.split())
            if folded_name(name) and (str(RELATIONS.get(kind)), folded_name(name)) not in told:
                yield kind, "", name, folded_name(name)[:320], "", "", *NO_PLACE

    return read


def _reader_of_words(values: Sequence[str], kind: str, longest: int, label: str) -> Any:
    def read(at: int) -> Iterator[Told]:
        for part in parted(values[at]):
            word = " ".join(part.split())[:longest]
            if folded_name(word):
                yield kind, label, word, folded_name(word)[:longest], "", "", *NO_PLACE

    return read


def own_by_key(lines: Sequence[CustomField]) -> dict[str, CustomField]:
    return {str(field.pk): field for field in lines}
