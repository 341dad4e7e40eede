"""What a text may say of a customer: rooms register fields, messages ask for their values.

A field gives plain values for a whole set of customers at once, so that the number of queries
does not grow with them (RELIABILITY X1).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from regulars.core.registry import Registry

if TYPE_CHECKING:
    # Lives in the stubs only.
    from django.utils.functional import _StrPromise

# What JSON keeps as it is; days are written 2026-11-24.
Plain = str | int
Value = str | int | date | Decimal
LONGEST_VALUE = 2_000
# Control signs, and those that turn the direction of what follows.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class TemplateField:
    """One thing that a text can say of a customer.

    `values` leaves out customers who have none; `when_empty` is what the editor proposes to say
    for them; `missing` counts the customers on the list who have none, in one query.
    """

    name: str
    label: "str | _StrPromise"
    example: "str | _StrPromise"
    when_empty: "str | _StrPromise"
    values: Callable[[Sequence[int], datetime], Mapping[int, Value]]
    missing: Callable[[], int] | None = None


template_fields: Registry[TemplateField] = Registry("template fields")


def register_field(field: TemplateField) -> TemplateField:
    return template_fields.register(field.name, field)


def values_for(
    names: Iterable[str], customer_ids: Iterable[int], at: datetime
) -> dict[int, dict[str, Plain]]:
    """The values of these fields for these customers; nothing is "", never absent."""
    known = [template_fields[name] for name in names if name in template_fields]
    ids = list(customer_ids)
    blank: dict[str, Plain] = {field.name: "" for field in known}
    found = {customer_id: dict(blank) for customer_id in ids}
    for field in known:
        for customer_id, value in field.values(ids, at).items():
            if customer_id in found:
                found[customer_id][field.name] = plain(value)
    return found


def plain(value: Value) -> Plain:
    """A value as it can be kept with a message: text without unseen signs, a number, a day."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return _UNSEEN.sub("", str(value)).strip()[:LONGEST_VALUE]


def examples() -> dict[str, Plain]:
    """Every field's example: whom a text is shown for while there is no customer yet."""
    return {field.name: str(field.example) for field in template_fields}
