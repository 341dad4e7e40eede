"""Which fields of the business's own tell customers apart: birthdays and numbers of theirs."""

import re
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import Length

from regulars.customers.choices import CustomKind
from regulars.customers.models import CustomerQuerySet, CustomField, CustomValue
from regulars.customers.naming import folded_words

_BIRTHDAY = re.compile(r"born|birth|dob|geburt|naiss|nacim|nascit|urodz", re.IGNORECASE)
# A number of one's own is as long as this, and most who have one have another than the rest.
LEAST_LENGTH, LEAST_DISTINCT = 5, 0.5


@dataclass(frozen=True, slots=True)
class TellingFields:
    born: tuple[int, ...]
    marks: tuple[int, ...]


def telling_fields() -> TellingFields:
    """Day fields called something with "birth"; text fields in which hardly two have the same."""
    fields = CustomField.objects.filter(archived_at=None)
    born = [
        field.pk
        for field in fields.filter(kind=CustomKind.DAY)
        if _BIRTHDAY.search(f"{field.key} {field.label}")
    ]
    counts = (
        CustomValue.objects.filter(field__in=fields.filter(kind=CustomKind.TEXT))
        .annotate(length=Length("text"))
        .values("field_id")
        .annotate(
            filled=Count("id"),
            long=Count("id", filter=Q(length__gte=LEAST_LENGTH, text__regex=r"[0-9]")),
            distinct=Count("text", distinct=True),
        )
    )
    marks = [
        row["field_id"]
        for row in counts
        if row["long"] >= 0.9 * row["filled"] and row["distinct"] >= LEAST_DISTINCT * row["filled"]
    ]
    return TellingFields(tuple(born), tuple(sorted(marks)))


def born_and_marks(
    customers: CustomerQuerySet,
) -> tuple[dict[int, str], dict[int, set[str]]]:
    """The birthday of each, and their numbers as "field:number"."""
    telling = telling_fields()
    values = CustomValue.objects.filter(customer__in=customers.order_by().values("pk"))
    days = values.filter(field__in=telling.born).exclude(day=None).order_by("-id")
    born = {pk: f"{day:%Y%m%d}" for pk, day in days.values_list("customer_id", "day")}
    marks: dict[int, set[str]] = defaultdict(set)
    rows = values.filter(field__in=telling.marks).values_list("customer_id", "field_id", "text")
    for pk, field_id, text in rows:
        if mark := "".join(folded_words(text)):
            marks[pk].add(f"{field_id}:{mark}")
    return born, marks
