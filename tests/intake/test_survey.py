from functools import partial
from pathlib import Path
from typing import Any

import pytest

from regulars.core.column_sets import column_sets
from regulars.customers.columns import CustomerColumns
from regulars.intake.reading import open_table
from regulars.intake.survey import guess_mapping, reading_of, survey_of

ORDERS = column_sets["orders"].roles[0].fields
LIST = CustomerColumns.fields


def looked_at(
    folder: Path, content: str, kind: str = "customers", **where: Any
) -> tuple[dict[str, str], Any]:
    path = folder / "file.csv"
    path.write_text(content, encoding="utf-8")
    columns, table = column_sets[kind], open_table(path, name="file.csv")
    fields = LIST if kind == "customers" else ORDERS
    survey = survey_of(table, fields)
    mapping = guess_mapping(survey, fields, lambda seen: columns.guess_by_content(kind, seen))
    terms = {"country": "", "home_currency": "EUR"} | where
    return mapping, reading_of(survey, table, fields, mapping, **terms)


@pytest.mark.parametrize(
    ("heading", "mapping"),
    [
        ("CUST_NAME,TEL1,EML,PCODE,YTD",
         {"name": "CUST_NAME", "phone": "TEL1", "email": "EML", "postcode": "PCODE"}),
        ("Nmae,Emial,Phne,Compny,Statu",
         {"name": "Nmae", "email": "Emial", "phone": "Phne", "organisation": "Compny"}),
        ("Förnamn,Efternamn,E-post,Mobilnummer",
         {"given_name": "Förnamn", "family_name": "Efternamn", "email": "E-post",
          "phone": "Mobilnummer"}),
        ("Nombre,Correo,Telefono,Empresa,Notas",
         {"name": "Nombre", "email": "Correo", "phone": "Telefono", "organisation": "Empresa",
          "about": "Notas"}),
        ("Name,Email,Phone,Name,Email,Notes",
         {"name": "Name", "email": "Email", "phone": "Phone", "about": "Notes",
          "email#2": "Email (2)"}),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_names(
    tmp_path: Path, heading: str, mapping: dict[str, str]
) -> None:
    row = ",".join("x" for _name in heading.split(","))

    assert looked_at(tmp_path, f"{heading}\n{row}\n")[0] == mapping


def test_columns_without_names_are_known_by_what_they_hold(tmp_path: Path) -> None:
    content = (
        "Ruth Calloway,ruth@example.com,020 7946 0018\nAda Bell,ada@example.com,020 79460019\n"
    )

    mapping, reading = looked_at(tmp_path, content)

    assert mapping == {"name": "column 1", "email": "column 2", "phone": "column 3"}
    assert (reading.has_heading, reading.row_count) == (False, 2)


@pytest.mark.parametrize(
    ("dates", "country", "day_first", "said"),
    [
        (["03/07/2026", "25/07/2026"], "US", True, "such as “25/07/2026”"),
        (["03/07/2026", "07/25/2026"], "GB", False, "such as “07/25/2026”"),
        (["03/07/2026", "04/08/2026"], "US", False, "with the month first, because"),
        (["03/07/2026", "04/08/2026"], "GB", True, "country (GB)"),
        (["03/07/2026", "04/08/2026"], "", True, "has no country yet"),
        (["03.07.2026", "04.08.2026"], "US", True, "written with dots"),
        (["2026-07-03", "2026-08-04"], "US", True, ""),
    ],
)
def test_day_or_month_first_follows_the_column_then_the_country(
    tmp_path: Path, dates: list[str], country: str, day_first: bool, said: str
) -> None:
    content = "Order,Date,Total\n" + "".join(f"{nth},{on},1\n" for nth, on in enumerate(dates))

    _mapping, reading = looked_at(tmp_path, content, "orders", country=country)

    assert reading.styles["placed_at"] == {"day_first": day_first}
    assert len(reading.assumed) == bool(said)
    assert all(said in sentence for sentence in reading.assumed)


def test_the_evidence_may_stand_in_the_last_row(tmp_path: Path) -> None:
    rows = "".join(f"{nth},01/{nth % 12 + 1:02}/2026,1\n" for nth in range(12_000))
    content = f"Order,Date,Total\n{rows}12000,01/31/2026,1\n"

    _mapping, reading = looked_at(tmp_path, content, "orders", country="GB")

    assert reading.styles["placed_at"] == {"day_first": False}


@pytest.mark.parametrize(
    ("amounts", "country", "decimal", "assumed"),
    [
        (["1.234,50", "2"], "", ",", 0),
        (["1,234", "2,345"], "DE", ",", 1),
        (["1,234", "2,345"], "GB", ".", 1),
        (["12", "13"], "DE", ".", 0),
    ],
)
def test_what_parts_the_decimals_follows_the_column_then_the_country(
    tmp_path: Path, amounts: list[str], country: str, decimal: str, assumed: int
) -> None:
    rows = "".join(f'{nth};2026-01-01;"{amount}"\n' for nth, amount in enumerate(amounts))

    _mapping, reading = looked_at(tmp_path, f"Order;Date;Total\n{rows}", "orders", country=country)

    assert reading.styles["order_total"] == {"decimal": decimal}
    assert len(reading.assumed) == assumed


@pytest.mark.realdata
def test_every_brands_export_finds_its_address(tmp_path: Path, real_data: Path) -> None:
    import json

    folder = real_data / "exports" / "brands_35"
    expected = json.loads((folder / "expected.json").read_text())
    wrong = []
    for brand in expected:
        table = open_table(folder / brand["file"], name=brand["file"], folder=tmp_path)
        survey = survey_of(table, LIST)
        columns = column_sets["customers"]
        mapping = guess_mapping(survey, LIST, partial(columns.guess_by_content, "customers"))
        if ("email" in mapping) != brand.get("expectEmail", True):
            wrong.append((brand["file"], mapping))

    assert len(expected) == 35
    assert wrong == []


@pytest.mark.realdata
def test_every_messy_export_finds_someone_to_name(tmp_path: Path, real_data: Path) -> None:
    wrong = []
    for path in sorted((real_data / "exports" / "messy_25").glob("*.csv")):
        survey = survey_of(open_table(path, name=path.name, folder=tmp_path), LIST)
        mapping = guess_mapping(survey, LIST, lambda _seen: {})
        if not {"name", "given_name", "email"} & set(mapping):
            wrong.append((path.name, mapping))

    assert wrong == []


@pytest.mark.realdata
def test_the_spectrum_of_csv_is_read_as_it_is_meant(tmp_path: Path, real_data: Path) -> None:
    import json

    folder = real_data / "nasty" / "csv_spectrum"
    wrong = []
    for path in sorted((folder / "csvs").glob("*.csv")):
        meant = json.loads((folder / "json" / f"{path.stem}.json").read_text())
        meant = meant if isinstance(meant, list) else [meant]
        rows = [cells for _number, cells in open_table(path, name=path.name).records()]
        read = [dict(zip(rows[0], row, strict=False)) for row in rows[1:]]
        # The truth of this one names another phone number than its file.
        if path.stem == "location_coordinates":
            continue
        if [list(row.values()) for row in read] != [list(row.values()) for row in meant]:
            wrong.append((path.name, read, meant))

    assert wrong == []
