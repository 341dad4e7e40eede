"""Lists of people with the truth, from files and made up, and how they come into the database."""

import csv
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from _made_up_people import Made

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def febrl(data: Path) -> list[Made]:
    with (data / "dedupe" / "febrl_dataset2.csv").open() as file:
        return [
            Made(
                int(row["rec_id"].split("-")[1]), row["given_name"], row["surname"],
                street=f"{row['street_number']} {row['address_1']}".strip(),
                postcode=row["postcode"], city=row["suburb"], born=_dashed(row["date_of_birth"]),
                number=row["soc_sec_id"],
            )
            for row in csv.DictReader(file, skipinitialspace=True)
        ]  # fmt: skip


def _dashed(day: str) -> str:
    """A day that the calendar has; a field of days takes no other."""
    try:
        return datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).date().isoformat()
    except ValueError:
        return ""


def fake(data: Path) -> list[Made]:
    with (data / "dedupe" / "splink_fake_1000.csv").open() as file:
        return [
            Made(
                int(row["cluster"]), row["first_name"], row["surname"], email=row["email"],
                city=row["city"], born=row["dob"],
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def put_on_the_list(records: list[Made]) -> list[int]:
    """The records as customers, in place of those that were there; their numbers in order."""
    from django.db import transaction

    from regulars.core.bulk import run_sql, table_of, write_rows
    from regulars.customers.models import ContactPoint, Customer, CustomField, CustomValue
    from regulars.customers.naming import sort_name_of

    born, number = (
        CustomField.objects.get_or_create(
            key=key, defaults={"label": label, "kind": kind, "created_at": AT}
        )[0]
        for key, label, kind in (
            ("birthday", "Birthday", "day"), ("own_number", "Social security", "text"),
        )
    )  # fmt: skip
    with transaction.atomic():
        # In one statement each: a list of 100,000 would otherwise come to Python to be deleted.
        for model in (CustomValue, ContactPoint, Customer):
            run_sql(f"DELETE FROM {table_of(model)}")
        ids = list(range(1, len(records) + 1))
        write_rows(
            Customer,
            ("id", "kind", "name", "given_name", "family_name", "sort_name", "search_text", "about",
             "source", "created_at", "updated_at"),
            (
                (pk, "person", f"{one.given} {one.family}".strip() or one.email or "?", one.given,
                 one.family, sort_name_of("person", one.family, one.given, one.family), "", "",
                 "bench", _moment(), _moment())
                for pk, one in zip(ids, records, strict=True)
            ),
        )  # fmt: skip
        write_rows(
            ContactPoint,
            ("customer_id", "kind", "value", "normal", "seal", "label", "street", "postcode",
             "city", "region", "country", "is_primary", "state", "source", "created_at"),
            (row for pk, one in zip(ids, records, strict=True) for row in _points(pk, one)),
        )  # fmt: skip
        CustomValue.objects.bulk_create(
            (
                value
                for pk, one in zip(ids, records, strict=True)
                for value in _values(CustomValue, pk, one, born.pk, number.pk)
            ),
            batch_size=5_000,
        )
    return ids


def _moment() -> Any:
    from django.db import connection

    return connection.ops.adapt_datetimefield_value(AT)


def _points(pk: int, one: Made) -> Iterable[tuple[Any, ...]]:
    tail = (True, "usable", "bench", _moment())
    for kind, value in (("email", one.email), ("phone", one.phone)):
        if value:
            yield (pk, kind, value, value.casefold(), "0" * 32, "", "", "", "", "", "", *tail)
    if one.street or one.postcode or one.city:
        yield (pk, "address", one.street or one.city, f"{one.street}|{one.postcode}|{one.city}", "",
               "", one.street, one.postcode, one.city, "", "", *tail)  # fmt: skip


def _values(model: Any, pk: int, one: Made, born: int, number: int) -> Iterable[Any]:
    if one.born:
        yield model(customer_id=pk, field_id=born, day=date.fromisoformat(one.born))
    if one.number:
        yield model(customer_id=pk, field_id=number, text=one.number)
