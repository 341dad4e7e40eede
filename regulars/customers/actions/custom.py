"""The business's own fields: made, renamed, put in order, archived; and what customers have."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from regulars.core import audit
from regulars.core.actor import Actor
from regulars.core.before_images import changing, remember_created, remember_deleted
from regulars.core.events import announce
from regulars.core.models import Operation
from regulars.core.money import Money
from regulars.customers.choices import CustomKind
from regulars.customers.custom_values import Held
from regulars.customers.errors import CustomFieldRefused
from regulars.customers.events import CustomFieldsChanged, CustomValuesSet
from regulars.customers.models import Customer, CustomerQuerySet, CustomField, CustomValue
from regulars.customers.naming import folded_name, folded_words
from regulars.customers.queries.custom import column_of

LONGEST_LABEL = 80
LONGEST_KEY = 50
MOST_FIELDS = 100
MOST_CHOICES = 200
LISTS = frozenset({CustomKind.CHOICE, CustomKind.CHOICES})
# As many numbers as one statement may name on either database.
CHUNK = 2000


@transaction.atomic
def add_custom_field(
    label: str, kind: CustomKind, *, by: Actor, at: datetime, choices: Sequence[str] = ()
) -> CustomField:
    """Make a field of the business's own; it is on every form, list and text at once."""
    label = _labelled(label)
    if CustomField.objects.filter(archived_at=None).count() >= MOST_FIELDS:
        raise CustomFieldRefused(
            _("There are %(most)s fields already.") % {"most": MOST_FIELDS},
            _("Archive one that nobody fills in any more."),
        )
    last = CustomField.objects.aggregate(last=Max("position"))["last"]
    field = CustomField.objects.create(
        key=_free_key(label),
        label=label,
        kind=kind,
        choices=_choices([], [("", one) for one in choices]) if kind in LISTS else [],
        position=0 if last is None else last + 1,
        created_at=at,
    )
    return _told(field, "added", by=by, at=at)


@transaction.atomic
def change_custom_field(
    field: CustomField,
    label: str,
    *,
    by: Actor,
    at: datetime,
    choices: Sequence[tuple[str, str]] | None = None,
) -> CustomField:
    """Rename a field or its choices; what customers have in it stays, and so do lists that use it.

    `choices` are (key, label) in their order, with "" as the key of a new one.
    """
    field = CustomField.objects.select_for_update().get(pk=field.pk)
    field.label = _labelled(label, but=field.pk)
    if choices is not None and field.kind in LISTS:
        field.choices = _choices(field.choices, choices)
        _refuse_losing(field)
    field.save(update_fields=["label", "choices"])
    return _told(field, "changed", by=by, at=at)


@transaction.atomic
def order_custom_fields(field_ids: Sequence[int], *, by: Actor, at: datetime) -> None:
    """Put the fields into another order, on every form at once."""
    fields = CustomField.objects.in_bulk(list(field_ids))
    for position, pk in enumerate(pk for pk in field_ids if pk in fields):
        fields[pk].position = position
    CustomField.objects.bulk_update(fields.values(), ["position"])
    audit.record("ordered", "customers.customfield", by=by, at=at, count=len(fields))


@transaction.atomic
def archive_custom_field(field: CustomField, *, by: Actor, at: datetime) -> CustomField:
    """Take a field off every form and list; what customers have in it is kept."""
    field.archived_at = at
    field.save(update_fields=["archived_at"])
    return _told(field, "archived", by=by, at=at)


@transaction.atomic
def restore_custom_field(field: CustomField, *, by: Actor, at: datetime) -> CustomField:
    """Put an archived field back, with all that customers have in it."""
    _labelled(field.label, but=field.pk)
    field.archived_at = None
    field.save(update_fields=["archived_at"])
    return _told(field, "restored", by=by, at=at)


@transaction.atomic
def set_custom_values(
    customers: CustomerQuerySet,
    values: Mapping[CustomField, Held | None],
    *,
    by: Actor,
    at: datetime,
    operation: Operation | None = None,
) -> int:
    """Write down what customers have in fields of the business's own; None empties a field.

    An operation can undo it.
    """
    # The selection may look at these very fields: it is settled before they change.
    ids = list(customers.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        list(Customer.objects.select_for_update().filter(pk__in=chunk).order_by("pk").values("pk"))
        with _remembered(operation, chunk):
            _replace(chunk, values, operation)
            Customer.objects.filter(pk__in=chunk).update(updated_at=at)
    for field in values if ids else ():
        audit.record("set values", field, by=by, at=at, count=len(ids))
        announce(CustomValuesSet(field.pk, len(ids)), at=at)
    return len(ids)


def _remembered(
    operation: Operation | None, customer_ids: Sequence[int]
) -> AbstractContextManager[None]:
    if operation is None:
        return nullcontext()
    return changing(operation, Customer, ["updated_at"], customer_ids)


def _replace(
    customer_ids: Sequence[int],
    values: Mapping[CustomField, Held | None],
    operation: Operation | None,
) -> None:
    before = CustomValue.objects.filter(customer__in=customer_ids, field__in=list(values))
    if operation is not None:
        remember_deleted(operation, CustomValue, list(before.values_list("pk", flat=True)))
    before.delete()
    made = CustomValue.objects.bulk_create(_rows(customer_ids, values), batch_size=CHUNK)
    if operation is not None:
        remember_created(operation, CustomValue, [row.pk for row in made])


def _rows(
    customer_ids: Sequence[int], values: Mapping[CustomField, Held | None]
) -> Iterator[CustomValue]:
    for field, held in values.items():
        for value in held if isinstance(held, tuple) else (held,):
            if value is None or value == "":
                continue
            column = {column_of(field.kind): _stored(value)}
            for customer_id in customer_ids:
                yield CustomValue(customer_id=customer_id, field=field, **column)


def _stored(value: Held) -> Held | int:
    if isinstance(value, Money):
        return value.minor
    return value.quantize(Decimal("0.0001")) if isinstance(value, Decimal) else value


def _labelled(label: str, *, but: int = 0) -> str:
    label = " ".join(label.split())
    if not label or len(label) > LONGEST_LABEL:
        raise CustomFieldRefused(
            _("A field's name is one to %(most)s signs long.") % {"most": LONGEST_LABEL},
            _("Name it as you would say it."),
        )
    others = CustomField.objects.filter(archived_at=None).exclude(pk=but)
    if folded_name(label) in {folded_name(one.label) for one in others}:
        raise CustomFieldRefused(
            _("There is a field “%(label)s” already.") % {"label": label},
            _("Give this one another name."),
        )
    return label


def _free_key(label: str) -> str:
    """Letters and digits of the label, ASCII alone: texts and files name the field by it."""
    taken = set(CustomField.objects.values_list("key", flat=True))
    return _free(_stem(label) or "field", taken)


def _stem(label: str) -> str:
    words = [word for word in folded_words(label) if word.isascii()]
    return "_".join(words)[:LONGEST_KEY].strip("_")


def _free(stem: str, taken: set[str]) -> str:
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def _choices(
    before: Sequence[Mapping[str, str]], wanted: Sequence[tuple[str, str]]
) -> list[dict[str, str]]:
    """The choices as they are kept: a key once given stays with its choice for good."""
    taken = {choice["key"] for choice in before}
    known = frozenset(taken)
    chosen: dict[str, dict[str, str]] = {}
    for key, text in wanted:
        label = " ".join(text.split())[:LONGEST_LABEL]
        if not label or folded_name(label) in chosen:
            continue
        _refuse_parting(label)
        kept = key if key in known else _free(_stem(label) or "choice", taken)
        taken.add(kept)
        chosen[folded_name(label)] = {"key": kept, "label": label}
    if not chosen or len(chosen) > MOST_CHOICES:
        raise CustomFieldRefused(
            _("A list has one to %(most)s choices.") % {"most": MOST_CHOICES},
            _("Write one on each line."),
        )
    return list(chosen.values())


def _refuse_parting(label: str) -> None:
    # These signs stand between the choices of one customer in a file.
    if any(sign in label for sign in ",;|"):
        raise CustomFieldRefused(
            _("“%(label)s” has a comma, a semicolon or a bar in it.") % {"label": label},
            _("Write it without: in files these stand between two choices."),
        )


def _refuse_losing(field: CustomField) -> None:
    lost = CustomValue.objects.filter(field=field).exclude(text__in=list(field.labels))
    if count := lost.values("customer_id").distinct().count():
        raise CustomFieldRefused(
            _("%(count)s customers have a choice that would be gone.") % {"count": count},
            _("Rename it, or give them another one first."),
        )


def _told(field: CustomField, verb: str, *, by: Actor, at: datetime) -> CustomField:
    audit.record(verb, field, by=by, at=at)
    announce(CustomFieldsChanged(field.pk), at=at)
    return field
