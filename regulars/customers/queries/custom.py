"""The business's own fields, and what customers have in them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from regulars.core.money import Money
from regulars.customers.choices import CustomKind
from regulars.customers.custom_values import Held, value_written
from regulars.customers.errors import CustomFieldNotFound
from regulars.customers.models import CustomField, CustomValue
from regulars.team.queries import the_business

COLUMN_OF = {
    CustomKind.NUMBER: "number",
    CustomKind.MONEY: "minor",
    CustomKind.DAY: "day",
    CustomKind.FLAG: "flag",
}


def custom_fields(*, with_archived: bool = False) -> list[CustomField]:
    """The business's own fields in their order."""
    fields = CustomField.objects.order_by("position", "id")
    return list(fields if with_archived else fields.filter(archived_at=None))


def custom_field_for(field_id: int) -> CustomField:
    field = CustomField.objects.filter(pk=field_id).first()
    if field is None:
        raise CustomFieldNotFound
    return field


def column_of(kind: str) -> str:
    """The column of `CustomValue` that holds values of this kind."""
    return COLUMN_OF.get(CustomKind(kind), "text")


def custom_values_of(
    customer_ids: Sequence[int], fields: Iterable[CustomField] | None = None
) -> dict[int, dict[str, Held]]:
    """By customer and key of the field, in one query; who has nothing in a field is left out."""
    known = {field.pk: field for field in (custom_fields() if fields is None else fields)}
    currency = _currency_of(known.values())
    rows = CustomValue.objects.filter(customer__in=customer_ids, field__in=known)
    found: dict[int, dict[str, Held]] = defaultdict(dict)
    for row in rows.order_by("id"):
        field, held = known[row.field_id], found[row.customer_id]
        value = _held(row, field, currency)
        if isinstance(value, tuple):
            before = held.get(field.key, ())
            value = (*before, *value) if isinstance(before, tuple) else value
        held[field.key] = value
    return {pk: _in_order(held, known.values()) for pk, held in found.items()}


def _in_order(held: dict[str, Held], fields: Iterable[CustomField]) -> dict[str, Held]:
    """Fields in their order, and choices in theirs."""
    ordered: dict[str, Held] = {}
    for field in fields:
        value = held.get(field.key)
        if isinstance(value, tuple):
            places = {key: place for place, key in enumerate(field.labels)}
            value = tuple(sorted(value, key=lambda key: places.get(key, len(places))))
        if value is not None:
            ordered[field.key] = value
    return ordered


def _held(row: CustomValue, field: CustomField, currency: str) -> Held:
    if field.kind == CustomKind.CHOICES:
        return (row.text,)
    if field.kind == CustomKind.NUMBER and row.number is not None:
        return row.number.normalize()
    if field.kind == CustomKind.MONEY and row.minor is not None:
        return Money(row.minor, currency)
    if field.kind == CustomKind.DAY and row.day is not None:
        return row.day
    if field.kind == CustomKind.FLAG:
        return bool(row.flag)
    return row.text


def _currency_of(fields: Iterable[CustomField]) -> str:
    if any(field.kind == CustomKind.MONEY for field in fields):
        business = the_business()
        return business.currency if business else ""
    return ""


def value_to_write(field: CustomField, held: Held) -> str:
    """A value as a file has it, and our import reads it again."""
    return value_written(field, held)


def counts_of_values() -> dict[int, int]:
    """How many customers have something in each field."""
    from django.db.models import Count

    counted = CustomValue.objects.values("field_id").annotate(
        count=Count("customer_id", distinct=True)
    )
    return {row["field_id"]: row["count"] for row in counted.order_by()}
