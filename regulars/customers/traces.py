"""Where somebody stands who is to be erased, besides their own rows: files, reports, images.

Looking takes long, so that it is done before a transaction begins; what it finds is keys alone.
"""

# Statements are put together from names of models; every value is bound.
# ruff: noqa: S608

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, models
from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast

from regulars.core.bulk import rows_of, table_of
from regulars.core.erasers import Saying, sayings
from regulars.core.models import Image, Operation
from regulars.customers.choices import PointKind
from regulars.customers.models import (
    ContactPoint,
    Customer,
    CustomerTag,
    CustomValue,
    Interest,
    Reference,
    Relation,
)
from regulars.intake.models import Import, ImportFile, RowProblem, UntakenRow
from regulars.intake.queries import imports_holding

# Shorter ones stand in other words.
SHORTEST = 5
# So many digits, and it is a telephone number, or the end of one.
FEWEST_DIGITS = 7
# Stands in a filter where somebody erased did: no name is it, and no number is so long.
NOBODY = "erased 9999999999999999"
OWN = (ContactPoint, Reference, CustomerTag, CustomValue, Interest)
# Every row of a file that was not taken and has a cell with one of these, whatever its column.
UNTAKEN = {
    "sqlite": "json_each(u.cells) c",
    "postgresql": "jsonb_array_elements_text(u.cells) c(value)",
}
# What was kept of files and of operations as JSON, in which a value of theirs may stand.
REPORTS: tuple[tuple[type[models.Model], str], ...] = (
    (Import, "report"), (ImportFile, "reading"), (ImportFile, "choices"), (Operation, "report"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody is known by: addresses and numbers, which are theirs alone, and names."""

    addresses: frozenset[str]
    names: frozenset[str]
    # First and family name, where both are known: files have a column for each.
    parts: frozenset[tuple[str, str]]
    # The e-mails, numbers and names among them that nobody else on the list has.
    alone: frozenset[str]

    @property
    def long(self) -> list[str]:
        """What can be looked for within other words."""
        whole = {name for name in self.names if " " in name}
        return sorted(one for one in self.addresses | whole if len(one) >= SHORTEST)

    def is_in(self, text: str) -> bool:
        """Whether a text that somebody typed says one of them; a number in whatever form."""
        folded = text.casefold()
        if any(one == folded or (len(one) >= SHORTEST and one in folded) for one in self.alone):
            return True
        digits = "".join(sign for sign in text if sign.isdigit()).lstrip("0")
        return len(digits) >= FEWEST_DIGITS and any(
            one.endswith(digits) for one in self.alone if one.lstrip("+").isdigit()
        )


@dataclass(frozen=True, slots=True)
class Traces:
    """What will have to be emptied, by its keys."""

    told: Told
    rows: Sequence[tuple[int, int]]
    images: Sequence[int]
    reports: Sequence[tuple[type[models.Model], str, int]]
    imports: Sequence[int]
    # Their rows, by table and number, and the operations that touched one.
    own: frozenset[tuple[str, int]]
    operations: Sequence[int]
    # What people typed: the table, the row, and which of its columns.
    sayings: Sequence[tuple[Saying, int, tuple[str, ...]]]


def traces_of(customer_ids: Sequence[int]) -> Traces:
    told = _told(customer_ids)
    own = _rows_of(customer_ids)
    operations = _operations(own)
    from_them = Operation.objects.filter(pk__in=operations, kind=Operation.Kind.IMPORT)
    made = {pk for pk in from_them.values_list("subject_id", flat=True) if pk}
    held = imports_holding(told.long, cells=sorted(told.names), pairs=sorted(told.parts))
    return Traces(
        told, sorted(_rows_of_files(told)), _images_without_rows(), _reports(told),
        sorted(made | set(held)), own, sorted(operations), list(_sayings(told)),
    )  # fmt: skip


def _told(customer_ids: Sequence[int]) -> Told:
    points = ContactPoint.objects.filter(customer__in=customer_ids)
    addresses = {
        one.casefold() for pair in points.values_list("value", "normal") for one in pair if one
    }
    # What an operation found or wrote there was theirs as well.
    images = Image.objects.filter(
        operation__in=list(Operation.objects.filter(emptied_at=None).values_list("pk", flat=True)),
        model_label=ContactPoint._meta.label_lower, deed=Image.Deed.CHANGED,
        low_id__in=list(points.values_list("pk", flat=True)),
    )  # fmt: skip
    for pair in images.values_list("before", "after"):
        held = [one.get(name) for one in pair if one for name in ("value", "normal")]
        addresses |= {one.casefold() for one in held if one}
    streets = points.filter(kind=PointKind.ADDRESS).exclude(street="")
    addresses |= {one.casefold() for one in streets.values_list("street", flat=True)}
    named = Customer.objects.filter(pk__in=customer_ids).exclude(name="")
    names = frozenset(name.casefold() for name in named.values_list("name", flat=True))
    parts = named.exclude(given_name="").exclude(family_name="")
    return Told(
        frozenset(addresses),
        names,
        frozenset(
            (given.casefold(), family.casefold())
            for given, family in parts.values_list("given_name", "family_name")
        ),
        (names - _names_of_others(names, customer_ids)) | _reached_alone(customer_ids),
    )


def _reached_alone(customer_ids: Sequence[int]) -> frozenset[str]:
    """A filter by a street, or by a number that two share, asks for others as well."""
    ways = ContactPoint.objects.exclude(kind=PointKind.ADDRESS)
    theirs = ways.filter(customer__in=customer_ids).exclude(normal="").exclude(seal="")
    shared = ways.exclude(customer__in=customer_ids).filter(seal__in=theirs.values("seal"))
    alone = theirs.exclude(normal__in=list(shared.values_list("normal", flat=True)))
    return frozenset(
        one.casefold() for pair in alone.values_list("value", "normal") for one in pair if one
    )


def _rows_of_files(told: Told) -> set[tuple[int, int]]:
    """Rows of files that name them: by address or number, or by a name that is theirs alone.

    The row of a namesake on the list is left: it can still be taken.
    """
    found = set(_rows_saying(told.addresses | (told.names & told.alone)))
    for given, family in sorted(told.parts):
        if f"{given} {family}" in told.alone:
            found |= set(_rows_saying({given})) & set(_rows_saying({family}))
    return found


def _names_of_others(names: Iterable[str], but: Sequence[int]) -> set[str]:
    spelled = [Q(name__iexact=name) for name in names]
    if not spelled:
        return set()
    others = Customer.objects.filter(reduce(or_, spelled), erased_at=None).exclude(pk__in=but)
    return {name.casefold() for name in others.values_list("name", flat=True)}


def _rows_saying(told: Iterable[str]) -> list[tuple[int, int]]:
    """Rows with a cell that is one of these; SQLite lowers no letter beyond ASCII."""
    given = sorted({form for one in told for form in (one, one.title(), one.upper())})
    if not given:
        return []
    among = ", ".join(["%s"] * len(given))
    return [
        (file_id, row_no)
        for file_id, row_no in rows_of(
            f"SELECT u.file_id, u.row_no FROM {table_of(UntakenRow)} u WHERE EXISTS (SELECT 1"
            f" FROM {UNTAKEN[connection.vendor]}"
            f" WHERE c.value IN ({among}) OR lower(c.value) IN ({among}))"
            f" UNION SELECT p.file_id, p.row_no FROM {table_of(RowProblem)} p"
            f" WHERE p.value IN ({among}) OR lower(p.value) IN ({among})",
            [*given, *given, *given, *given],
        )
    ]


def _rows_of(customer_ids: Sequence[int]) -> frozenset[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for model in (Customer, *OWN):
        of = "pk" if model is Customer else "customer"
        keys = model._default_manager.filter(**{f"{of}__in": customer_ids})
        found |= {(model._meta.label_lower, pk) for pk in keys.values_list("pk", flat=True)}
    return frozenset(found)


def _operations(own: Iterable[tuple[str, int]]) -> set[int]:
    """Operations that made or changed their rows, as far as that is still kept."""
    kept = list(Operation.objects.filter(emptied_at=None).values_list("pk", flat=True))
    found: set[int] = set()
    for label, pk in own:
        touched = Image.objects.filter(
            Q(low_id=pk) | Q(low_id__lte=pk, high_id__gte=pk), operation__in=kept,
            model_label=label,
        )  # fmt: skip
        found |= set(touched.values_list("operation_id", flat=True))
    return found


def _images_without_rows() -> list[int]:
    """What was kept of rows that are gone for good: nothing can be put back with it.

    Whose they were is not known any more, so that it may be what somebody erased was called.
    """
    kept = list(Operation.objects.filter(emptied_at=None).values_list("pk", flat=True))
    found: list[int] = []
    for model in (*OWN, Relation, Customer):
        label = model._meta.label_lower
        held = Image.objects.filter(operation__in=kept, model_label=label)
        changed = held.filter(deed=Image.Deed.CHANGED, high_id=None) | held.filter(
            deed=Image.Deed.CHANGED, high_id=models.F("low_id")
        )
        there = model._default_manager.filter(pk=OuterRef("low_id"))
        deleted = Image.objects.filter(
            operation__in=kept, model_label=label, deed=Image.Deed.DELETED,
            low_id=OuterRef("low_id"),
        )  # fmt: skip
        gone = changed.filter(~Exists(there), ~Exists(deleted))
        found += gone.values_list("pk", flat=True)
    return found


def _reports(told: Told) -> list[tuple[type[models.Model], str, int]]:
    found = []
    for model, column in REPORTS:
        sought = Q(pk__in=[])
        for one in told.long:
            # JSON of SQLite writes letters beyond ASCII as their numbers.
            for spelled in {one, json.dumps(one)[1:-1]}:
                sought |= Q(said__icontains=spelled)
        rows = model._default_manager.annotate(said=Cast(column, TextField())).filter(sought)
        found += [(model, column, pk) for pk in rows.values_list("pk", flat=True)]
    return found


def _sayings(told: Told) -> Iterator[tuple[Saying, int, tuple[str, ...]]]:
    """Made by hand, there are few; a number stands in them as somebody wrote it."""
    for one in sayings:
        rows = one.model._default_manager.order_by("pk").values_list("pk", *one.columns)
        for pk, *held in rows.iterator():
            where = zip(one.columns, held, strict=True)
            if found := tuple(name for name, value in where if unsaid(told, value) != value):
                yield one, pk, found


def unsaid(told: Told, held: Any) -> Any:
    """The same filter, asking for nobody where it asked for them: as before, it finds them not."""
    if isinstance(held, dict):
        return {key: unsaid(told, value) for key, value in held.items()}
    if isinstance(held, list):
        return [unsaid(told, one) for one in held]
    return NOBODY if isinstance(held, str) and told.is_in(held) else held


def without(told: Told, held: Any) -> Any:
    """The same JSON, in which what says who they were says nothing."""
    if isinstance(held, dict):
        return {without(told, key): without(told, value) for key, value in held.items()}
    if isinstance(held, list):
        return [without(told, one) for one in held]
    if not isinstance(held, str) or not told.long:
        return held
    among = re.compile("|".join(re.escape(one) for one in told.long), re.IGNORECASE)
    return "" if among.search(held.casefold()) else held
