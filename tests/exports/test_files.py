"""What stands in the files, sheet by sheet and cell by cell."""

import csv
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from regulars.core.actor import COMMAND
from regulars.core.formulas import unmarked
from regulars.customers.actions.custom import add_custom_field, set_custom_values
from regulars.customers.choices import CustomKind, Kind
from regulars.customers.models import Customer, CustomValue
from regulars.exports.actions import write_export
from regulars.exports.books import LONGEST_CELL
from regulars.exports.choices import Format, What
from regulars.exports.tables import LEFT_OUT, kept_tables
from regulars.insight.models import CustomerFacts
from regulars.team.models import Member
from tests.factories.consent import make_decision
from tests.factories.customers import make_customer, make_household, make_point
from tests.factories.intake import bring, counts
from tests.factories.nasty import NASTY
from tests.factories.orders import make_line, make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("business")]

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def written(path: Path, what: What = What.CUSTOMERS, form: Format = Format.CSV) -> Path:
    write_export(what, form, path, by=COMMAND, at=AT)
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def make_nasty(texts: list[str]) -> list[str]:
    """Everybody's name and note is one of the texts, in the order in which they go out."""
    for at, text in enumerate(texts):
        make_customer(text, about=text, sort_name=f"{at:04}", given_name="", family_name="")
    return texts


def test_a_customer_is_one_row_with_all_that_is_known(tmp_path: Path, manager: Member) -> None:
    ruth = make_customer(email="ruth@x.example", phone="+44 20 7946 0321", manager=manager)
    make_point(ruth, "email", "second@x.example", is_primary=False)
    make_point(ruth, "address", "1 Weir, Y4 8QX", street="1 Weir", city="York", postcode="Y4 8QX")
    make_household(ruth)
    CustomerFacts.objects.create(
        customer=ruth, tier="core", year_spend_minor=12_345, purchase_count=7, last_on=AT.date()
    )
    make_decision(ruth, "email", at=AT)

    rows = rows_of(written(tmp_path / "list.csv"))

    assert [{name: value for name, value in row.items() if value} for row in rows] == [{
        "Name": "Ruth Calloway", "First name": "Ruth", "Family name": "Calloway",
        "E-mail": "ruth@x.example", "Other e-mails": "second@x.example",
        "Phone": "+44 20 7946 0321", "Street": "1 Weir", "Postcode": "Y4 8QX", "City": "York",
        "Household": "8 Weir Cottages", "Looked after by": manager.name, "Tier": "Core",
        "Last purchase": "2026-11-24", "Purchases": "7", "Email opt in": "yes",
        "Email opt in date": AT.isoformat(), "Number in Regulars": str(ruth.pk),
        "Spent in 12 months, GBP": "123.45",
    }]  # fmt: skip


def test_an_organisation_goes_out_as_one_and_the_archived_stay(tmp_path: Path) -> None:
    make_customer("Weir Bakery", kind=Kind.ORGANISATION)
    make_customer("Gone Away", archived_at=AT)

    rows = rows_of(written(tmp_path / "list.csv"))

    assert [(row["Name"], row["Organisation"]) for row in rows] == [("", "Weir Bakery")]


def test_csv_holds_every_text_unchanged_and_harmless(tmp_path: Path) -> None:
    texts = make_nasty(NASTY)

    rows = rows_of(written(tmp_path / "list.csv"))

    assert [unmarked(row["Name"]) for row in rows] == texts
    assert [unmarked(row["Note"]) for row in rows] == texts
    risky = tuple("=+-@\t\r")
    assert [cell for row in rows for cell in row.values() if cell.startswith(risky)] == []


def test_a_workbook_holds_every_text_unchanged_and_harmless(tmp_path: Path) -> None:
    texts = make_nasty(NASTY)

    path = written(tmp_path / "list.xlsx", form=Format.XLSX)

    heading, *rows = (
        CalamineWorkbook.from_path(str(path)).get_sheet_by_name("customers").to_python()
    )
    assert [unmarked(str(row[heading.index("Name")])) for row in rows] == texts
    with zipfile.ZipFile(path) as inside:
        sheet = inside.read("xl/worksheets/sheet1.xml").decode()
    assert ("<f>" in sheet, "hyperlink" in sheet) == (False, False)


def test_parquet_holds_every_text_as_it_is(tmp_path: Path) -> None:
    from pyarrow import parquet

    texts = make_nasty(NASTY)

    table = parquet.read_table(written(tmp_path / "list.parquet", form=Format.PARQUET))

    assert table.column("Name").to_pylist() == texts
    assert str(table.schema.field("Last purchase").type) == "date32[day]"


def test_a_vcard_holds_every_text_and_other_programs_read_it(tmp_path: Path) -> None:
    import vobject

    texts = make_nasty([text for text in NASTY if text.strip() == text])

    path = written(tmp_path / "list.vcf", form=Format.VCARD)

    raw = path.read_bytes()
    cards = list(vobject.readComponents(raw.decode("utf-8")))
    assert [card.fn.value for card in cards] == texts
    assert {card.version.value for card in cards} == {"4.0"}
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75


def test_a_vcard_says_how_to_reach_somebody(tmp_path: Path) -> None:
    ruth = make_customer(email="ruth@x.example", phone="+44 20 7946 0321", about="no, nuts; ever")
    make_point(ruth, "address", "1 Weir", street="1 Weir", city="York", postcode="Y4 8QX")

    lines = written(tmp_path / "list.vcf", form=Format.VCARD).read_text().splitlines()

    assert lines == [
        "BEGIN:VCARD", "VERSION:4.0", "KIND:individual", f"UID:regulars-{ruth.pk}",
        "FN:Ruth Calloway", "N:Calloway;Ruth;;;", "EMAIL;PREF=1:ruth@x.example",
        "TEL;VALUE=text;PREF=1:+44 20 7946 0321", "ADR:;;1 Weir;York;;Y4 8QX;",
        "NOTE:no\\, nuts\\; ever", "REV:20261102T090000Z", "END:VCARD",
    ]  # fmt: skip


def test_a_cell_that_no_workbook_takes_is_cut_and_counted(tmp_path: Path) -> None:
    make_customer(about="x" * (LONGEST_CELL + 1))

    rows, cut = write_export(
        What.CUSTOMERS, Format.XLSX, tmp_path / "list.xlsx", by=COMMAND, at=AT
    )  # fmt: skip

    assert (rows, cut) == (1, 1)


def test_orders_go_out_line_by_line(tmp_path: Path) -> None:
    order = make_order(make_customer(email="ruth@x.example"), AT.date(), external_id="T1")
    make_line(order, "Seeded rye", 460)
    make_line(make_order(None, AT.date(), external_id="T2"), "=Bun", 180)

    rows = rows_of(written(tmp_path / "orders.csv", What.ORDERS))

    shown = ("Order number", "Item", "Line total", "Name", "E-mail")
    assert [tuple(row[name] for name in shown) for row in rows] == [
        ("T1", "Seeded rye", "4.60", "Ruth Calloway", "ruth@x.example"),
        ("T2", "'=Bun", "1.80", "", ""),
    ]  # fmt: skip


def test_everything_is_every_table_without_what_proves_who_one_is(
    tmp_path: Path, owner: Member
) -> None:
    make_customer("Ruth Calloway", email="ruth@x.example")

    path = written(tmp_path / "all.zip", What.EVERYTHING)

    with zipfile.ZipFile(path) as box:
        names = set(box.namelist())
        text = {name: box.read(name).decode("utf-8-sig") for name in names}
    assert names == {f"{m._meta.label_lower.replace('.', '_')}.csv" for m in kept_tables()}
    assert "Ruth Calloway" in text["customers_customer.csv"]
    assert owner.email in text["team_member.csv"]
    headings = {cell for one in text.values() for cell in one.splitlines()[0].split(",")}
    assert {
        h for h in headings if any(w in h for w in ("password", "token", "seal", "secret"))
    } == set()


def test_what_is_left_out_is_there_to_be_left_out() -> None:
    from django.apps import apps

    assert {model._meta.label for model in apps.get_models()} >= LEFT_OUT


def test_an_export_brought_in_again_changes_nothing(tmp_path: Path) -> None:
    make_customer("Ruth Calloway", email="ruth@x.example", phone="+44 20 7946 0321")
    make_customer("Weir Bakery", kind=Kind.ORGANISATION, email="bakery@x.example")
    before = list(Customer.objects.order_by("pk").values_list("pk", "kind", "name", "about"))

    item = bring("customers", written(tmp_path / "list.csv").read_bytes())

    assert counts(item)[0] == 0
    assert (
        list(Customer.objects.order_by("pk").values_list("pk", "kind", "name", "about")) == before
    )


@pytest.mark.realdata
@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_the_list_of_naughty_strings_goes_out_unchanged(
    real_data: Path, tmp_path: Path, form: str
) -> None:
    texts = [text for text in json.loads((real_data / "nasty/blns/blns.json").read_text()) if text]
    texts = make_nasty([text for text in texts if "\0" not in text])

    path = written(tmp_path / f"list.{form}", form=Format(form))

    assert read_names(path, form) == texts


def read_names(path: Path, form: str) -> list[str]:
    if form == "csv":
        return [unmarked(row["Name"]) for row in rows_of(path)]
    if form == "xlsx":
        sheet: Any = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        at = sheet[0].index("Name")
        return [unmarked(str(row[at])) for row in sheet[1:]]
    from pyarrow import parquet

    return [str(name) for name in parquet.read_table(path).column("Name").to_pylist()]


@pytest.mark.parametrize("form", [Format.CSV, Format.XLSX])
def test_a_field_called_like_a_formula_goes_out_marked_and_comes_in_as_it_is_called(
    tmp_path: Path, form: Format
) -> None:
    """RELIABILITY U3: headings are cells as well, and a field may be called anything."""
    ada = make_customer("Ada Byron", email="ada@x.example")
    field = add_custom_field("=cmd|'/C calc'!A0", CustomKind.TEXT, choices=[], by=COMMAND, at=AT)
    set_custom_values(Customer.objects.all(), {field: "7"}, by=COMMAND, at=AT)
    columns = {"columns": ["customer.email", f"own.{field.key}"]}
    path = tmp_path / "list"

    write_export(What.CUSTOMERS, form, path, by=COMMAND, at=AT, selection=columns)
    set_custom_values(Customer.objects.all(), {field: None}, by=COMMAND, at=AT)
    bring("customers", path.read_bytes())

    if form == Format.CSV:
        assert path.read_text("utf-8-sig").splitlines()[0].endswith(",'=cmd|'/C calc'!A0")
    assert [one.text for one in CustomValue.objects.filter(customer=ada)] == ["7"]
