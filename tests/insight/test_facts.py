"""The registry of fact tables is what the documentation prints."""

import json
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from regulars.cli.main import main
from regulars.engines.opening import open_engine
from regulars.insight.facts import FACT_TABLES, FactTable, Scope

DOCS = Path(__file__).resolve().parents[2] / "docs" / "rhythm.md"


@pytest.mark.parametrize("table", list(FACT_TABLES), ids=lambda table: table.name)
def test_every_table_and_column_is_in_the_documentation(table: FactTable) -> None:
    text = DOCS.read_text()

    _before, _name, rest = text.partition(f"**{table.name}**: {table.meaning}")

    section = rest.partition("\n**")[0]
    rows = [f"| `{one.name}` | {one.type} | {one.unit} | {one.meaning} |" for one in table.columns]
    assert [row for row in rows if row not in section] == []


@pytest.mark.parametrize("table", list(FACT_TABLES), ids=lambda table: table.name)
def test_every_number_has_a_unit_and_nothing_else_has(table: FactTable) -> None:
    numbers = {
        one.name
        for one in table.columns
        if one.type in ("int64", "float64") and not one.name.endswith("_id")
    }

    assert {one.name for one in table.columns if one.unit} == numbers


def test_the_command_tells_tables_columns_and_units() -> None:
    told = CliRunner().invoke(main, ["insight", "tables", "facts", "--json"])
    words = CliRunner().invoke(main, ["insight", "tables"])
    unknown = CliRunner().invoke(main, ["insight", "tables", "sums"])

    (table,) = json.loads(told.stdout)["tables"]
    assert [one["name"] for one in table["columns"]] == list(FACT_TABLES["facts"].types)
    assert {
        "name": "stake_minor", "type": "int64", "unit": "minor units",
        "meaning": "what a year of them is worth",
    } in table["columns"]  # fmt: skip
    assert [
        one.name for one in FACT_TABLES if f"{one.name}: {one.meaning}" not in words.stdout
    ] == []
    assert unknown.exit_code == 2


@pytest.mark.django_db(transaction=True)
def test_every_fetched_table_can_be_fetched_and_every_other_names_its_maker() -> None:
    scope = Scope(date(2026, 11, 24), "GBP'; --")

    with open_engine() as counter:
        for table in FACT_TABLES:
            if table.select is None:
                module, _dot, maker = table.made_by.rpartition(".")
                assert hasattr(import_module(module), maker)
                continue
            found = counter.load(table.name, table.select(scope), table.types)
            assert list(found.columns) == list(table.types)
            assert counter.rows(found) == []
