"""Files as the world hands them over: each is read sensibly or refused with a sentence."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from regulars.cli.main import main
from regulars.core.errors import Refusal
from regulars.customers.models import ContactPoint, Customer, Reference
from regulars.intake.reading import open_table
from tests.factories.intake import bring, make_workbook

pytestmark = [pytest.mark.django_db, pytest.mark.realdata, pytest.mark.same_on_each]

FIVE = ("created", "updated", "unchanged", "rejected", "skipped")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a file: its kind, its rows, how many are not taken, some of its columns."""

    path: str
    kind: str
    rows: int
    rejected: int
    columns: dict[str, str]


KNOWN = [
    Known("exports/brands_35/facebook_lead_ads.csv", "customers", 2, 0,
          {"reference": "id", "name": "full_name", "email": "email", "phone": "phone_number",
           "since": "created_time"}),
    Known("exports/brands_35/kit_convertkit_subscribers.csv", "customers", 2, 0,
          {"given_name": "first_name", "email": "email_address", "since": "created_at"}),
    Known("exports/brands_35/nasty_ragged_blank_rows.csv", "customers", 3, 1,
          {"name": "Name", "email": "Email"}),
    Known("exports/contacts_full_header/outlook_contacts_full.csv", "customers", 1, 0,
          {"given_name": "First Name", "family_name": "Last Name", "email": "E-mail Address"}),
    Known("exports/presets_us/pipedrive.csv", "customers", 1, 0,
          {"reference": "Person - ID", "name": "Person - Name", "email": "Person - Email"}),
    Known("purchases/northwind/customers.csv", "customers", 91, 24,
          {"reference": "customerID", "name": "contactName", "city": "city"}),
    Known("purchases/northwind/orders.csv", "orders", 830, 176,
          {"order": "orderID", "placed_at": "orderDate", "buyer": "customerID"}),
    Known("dedupe/febrl_dataset1.csv", "customers", 1000, 0,
          {"given_name": "given_name", "family_name": "surname"}),
    Known("dedupe/splink_fake_1000.csv", "customers", 1000, 7,
          {"given_name": "first_name", "family_name": "surname", "email": "email"}),
    Known("purchases/groceries/Groceries_dataset.csv", "orders", 38765, 0,
          {"placed_at": "Date", "buyer": "Member_number", "description": "itemDescription"}),
    Known("purchases/completejourney_small/demographics.csv", "customers", 801, 0,
          {"reference": "household_id"}),
    Known("purchases/ifood_campaigns/marketing_campaign.csv", "customers", 2240, 0,
          {"reference": "ID", "since": "Dt_Customer"}),
]  # fmt: skip
FOLDERS = ("exports/brands_35", "exports/messy_25", "exports/presets_us",
           "exports/contacts_full_header", "exports/shopify_customers")  # fmt: skip


def dry_run(kind: str, path: Path) -> dict[str, Any]:
    result = CliRunner().invoke(main, ["import", kind, str(path), "--dry-run", "--json"])
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    assert report["rows"] == sum(report[name] for name in FIVE)
    return report


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.path.rpartition("/")[2])
def test_what_is_known_of_a_file_is_found(
    business: object, at: object, real_data: Path, known: Known
) -> None:
    report = dry_run(known.kind, real_data / known.path)

    columns = next(iter(report["columns"].values()))
    assert (report["rows"], report["rejected"]) == (known.rows, known.rejected)
    assert {name: columns.get(name) for name in known.columns} == known.columns


def test_days_before_months_are_told_by_the_column(
    business: object, at: object, real_data: Path
) -> None:
    report = dry_run("orders", real_data / "purchases/groceries/Groceries_dataset.csv")

    assert len(report["assumed"]) == 1
    assert "are read with the day first: some could be either" in report["assumed"][0]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_export_of_a_list_is_taken(
    business: object, at: object, real_data: Path, folder: str
) -> None:
    paths = sorted((real_data / folder).glob("*.csv"))

    reports = [dry_run("customers", path) for path in paths]

    assert reports
    untaken = {path.name: report["rejected"] for path, report in zip(paths, reports, strict=True)}
    assert {name for name, count in untaken.items() if count} <= {"nasty_ragged_blank_rows.csv"}


@pytest.mark.parametrize("name", [
    "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates",
    "newlines", "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8",
])  # fmt: skip
def test_csv_spectrum_is_read_to_the_letter(real_data: Path, name: str) -> None:
    folder = real_data / "nasty" / "csv_spectrum"
    told = json.loads((folder / "json" / f"{name}.json").read_bytes())
    truth = told if isinstance(told, list) else [told]
    if name == "location_coordinates":
        # As published, the number in the truth is not the one in the file.
        truth = [row | {"Contact Phone Number": "2095257564"} for row in truth]

    (_number, heading), *rows = open_table(folder / "csvs" / f"{name}.csv", name=name).records()

    assert [dict(zip(heading, cells, strict=True)) for _number, cells in rows] == truth


def test_every_example_of_csvkit_is_read_or_refused(real_data: Path, tmp_path: Path) -> None:
    read: dict[str, Any] = {}
    refused: dict[str, Refusal] = {}
    for path in sorted((real_data / "nasty" / "csvkit_examples").iterdir()):
        try:
            read[path.name] = list(open_table(path, name=path.name, folder=tmp_path).records())
        except Refusal as no:
            refused[path.name] = no

    assert all(no.sentence and no.remedy for no in refused.values())
    assert set(refused) == {"dummy.csv.bz2", "empty.csv", "testdbf.dbf"}
    assert all(read.values())
    plain = [cells for _number, cells in read["test_utf8.csv"]][1:]
    for same in ("test_utf8_bom.csv", "test_utf16_big.csv", "test_utf16_little.csv"):
        assert [cells for _number, cells in read[same]][1:] == plain


def nasty_strings(real_data: Path) -> list[str]:
    told: list[str] = json.loads((real_data / "nasty" / "blns" / "blns.json").read_bytes())
    # A cell of spaces alone is blank, and a database holds no NUL.
    return [text for text in dict.fromkeys(told) if text.strip() and "\0" not in text]


@pytest.mark.parametrize("container", ["csv", "xlsx"])
def test_naughty_strings_are_taken_unchanged_in_any_field(
    business: object, real_data: Path, container: str
) -> None:
    strings = nasty_strings(real_data)
    rows: list[list[object]] = [["Customer ID", "Name", "Email", "Notes"]]
    rows += [[f"n{nth}", text, f"{text}@", text] for nth, text in enumerate(strings)]
    held = io.StringIO(newline="")
    csv.writer(held).writerows(rows)
    content = make_workbook(rows) if container == "xlsx" else held.getvalue().encode()

    item = bring("customers", content)

    assert item.report["rejected"] == 0
    kept = dict(Reference.objects.values_list("value", "customer_id"))
    people = Customer.objects.in_bulk()
    emails = dict(ContactPoint.objects.filter(kind="email").values_list("customer_id", "value"))
    for nth, text in enumerate(strings):
        person = people[kept[f"n{nth}"]]
        assert (person.name, person.about, emails[person.pk]) == (text, text, f"{text}@")


def test_naughty_strings_as_numbers_of_customers(business: object, real_data: Path) -> None:
    strings = [text for text in nasty_strings(real_data) if len(text) <= 200]
    held = io.StringIO(newline="")
    csv.writer(held).writerows([["Customer ID", "Name"], *([text, "Ruth"] for text in strings)])

    bring("customers", held.getvalue().encode())

    kept = set(Reference.objects.values_list("value", flat=True))
    assert {text.strip() for text in strings} - kept == set()
