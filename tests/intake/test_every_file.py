"""Every file that we were given, looked at and brought in: taken, or refused in words."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.db import transaction

from regulars.cli.main import main
from regulars.customers.models import ContactPoint, Customer, StagedCustomer
from regulars.intake.models import Import
from regulars.intake.reading import open_table
from regulars.orders.models import Order

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]

FIVE = ("created", "updated", "unchanged", "rejected", "skipped")
FOLDERS = (
    "exports/brands_35", "exports/messy_25", "exports/presets_us", "exports/shopify_customers",
    "exports/contacts_full_header", "exports/vcards", "nasty/csv_spectrum/csvs",
    "nasty/csvkit_examples", "dedupe",
)  # fmt: skip
# What is peculiar to these is told before a row is written; that in others reaches the database.
OF_BRANDS = {"exports/brands_35", "exports/presets_us", "exports/contacts_full_header", "dedupe"}
ALIKE = pytest.mark.same_on_each
# These hold no list of anybody, or no rows at all, and say so.
REFUSED = {
    "exports/brands_35": {"expected.json"},
    "exports/presets_us": {"expected.json"},
    "exports/vcards": {"expected_by_vobject.json"},
}


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["import", "customers", *words, "--json"])


def files_of(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.is_file())


@pytest.mark.parametrize(
    "folder", [pytest.param(one, marks=ALIKE if one in OF_BRANDS else ()) for one in FOLDERS]
)
def test_every_file_is_taken_or_refused_with_a_sentence(
    business: object, at: object, real_data: Path, folder: str
) -> None:
    refused = set()
    for path in files_of(real_data / folder):
        looked, done = run(str(path), "--dry-run"), run(str(path))

        assert looked.exit_code == done.exit_code, (path.name, looked.output, done.output)
        if done.exit_code:
            said = done.stderr.strip()
            assert (done.exit_code, said.endswith("."), "Error" in said) == (1, True, False), said
            assert not Import.objects.filter(files__name=path.name).exists()
            refused.add(path.name)
            continue
        report = json.loads(done.stdout)
        assert report["rows"] == sum(report[name] for name in FIVE), path.name
        before = json.loads(looked.stdout)
        assert [before[name] for name in FIVE] == [report[name] for name in FIVE], path.name
        again = json.loads(run(str(path)).stdout)
        # Lists made for finding duplicates name one person in several spellings.
        assert again["created"] == 0, (path.name, again)
        assert folder == "dedupe" or again["updated"] == 0, (path.name, again)
    if folder in REFUSED:
        assert refused == REFUSED[folder]
    assert not StagedCustomer.objects.exists()


@pytest.mark.parametrize("container", ["xls", "xlsx"])
@pytest.mark.parametrize(
    ("name", "truth", "sheet"),
    [
        ("sheets", "test{0}_converted.csv", "data"),
        ("test", "test{0}_converted.csv", ""),
        ("sheets", "test{0}_unicode_converted.csv", "ʤ"),
    ],
)
def test_a_workbook_holds_what_its_text_says(
    real_data: Path, container: str, name: str, truth: str, sheet: str
) -> None:
    folder = real_data / "nasty" / "csvkit_examples"
    told = list(csv.reader(io.StringIO((folder / truth.format(container)).read_text())))

    table = open_table(folder / f"{name}.{container}", name=name, sheet=sheet)

    # A heading that is blank in the file, csvkit gives a name of its own.
    rows = [[_same(cell) for cell in cells] for _number, cells in table.records()]
    assert rows[1:] == [[_same(cell) for cell in cells] for cells in told[1:]]


def _same(cell: str) -> str:
    """A cell as both write it: csvkit says True and 1.0 where we say yes and 1."""
    bare = cell.strip().casefold().replace("t", " ", 1) if cell[:4].isdigit() else cell.casefold()
    bare = bare.removesuffix(" 00:00:00")
    words = {"true": "yes", "false": "no", "none": ""}
    try:
        return str(float(bare))
    except ValueError:
        return words.get(bare, bare)


def expected(real_data: Path, folder: str) -> Any:
    return json.loads((real_data / "exports" / folder / "expected.json").read_text())


def test_the_brands_come_in_as_expected(business: object, at: object, real_data: Path) -> None:
    """A customer without an address is taken here and said to be out of reach."""
    for known in expected(real_data, "brands_35"):
        with transaction.atomic():
            report = json.loads(run(str(real_data / "exports/brands_35" / known["file"])).stdout)
            people = list(Customer.objects.order_by("id"))
            emails = dict(
                ContactPoint.objects.filter(kind="email").values_list("customer_id", "value")
            )
            named = [person.name != emails.get(person.pk) for person in people]
            notes = {note["rule"]: note["count"] for note in report["notes"]}
            transaction.set_rollback(True)

        assert bool(emails) == known["expectEmail"], known
        assert all(named) or not known.get("expectName", True), known
        assert report["rejected"] == known.get("expectSkipped", 0), known
        if "expectRejects" in known or known["slug"] == "instagram_followers":
            alone = known.get("expectRejects", len(people))
            assert notes.get("out_of_reach") == alone, known


def test_the_presets_come_in_as_expected(business: object, at: object, real_data: Path) -> None:
    for name, known in expected(real_data, "presets_us").items():
        with transaction.atomic():
            run(str(real_data / "exports/presets_us" / name))
            person = Customer.objects.get(kind="person")
            points = ContactPoint.objects.filter(customer=person)
            found = {
                "firstname": person.given_name or person.name.partition(" ")[0],
                "lastname": person.family_name or person.name.partition(" ")[2],
                "email": points.filter(kind="email").values_list("value", flat=True).first(),
                "city": points.filter(kind="address").values_list("city", flat=True).first(),
            }
            transaction.set_rollback(True)

        assert {part: found[part] for part in known if part != "company"} == {
            part: value for part, value in known.items() if part != "company"
        }


@pytest.mark.parametrize(
    ("words", "orders", "rejected", "net"),
    [((), 654, 639, 104624516), (("--mend",), 830, 0, 126579304)],
    ids=["merely rejected", "mended"],
)
def test_northwind_is_mended_where_somebody_says_so(
    business: object, at: object, real_data: Path, words: tuple[str, ...], orders: int,
    rejected: int, net: int,
) -> None:  # fmt: skip
    folder = real_data / "purchases" / "northwind"
    files = [
        f"orders={folder}/orders.csv", f"lines={folder}/order-details.csv",
        f"customers={folder}/customers.csv",
    ]  # fmt: skip

    done = CliRunner().invoke(
        main, ["import", "orders", *files, "--currency", "USD", "--json", *words]
    )

    report = json.loads(done.stdout)
    assert (report["orders"], report["rejected"]) == (orders, rejected)
    assert Order.objects.count() == orders
    assert report["total"] == {"USD": net}
