"""The registry of fact tables is what the documentation prints."""

from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from regulars.engines.opening import open_engine
from regulars.insight.facts import FACT_TABLES, FactTable, Scope

DOCS = Path(__file__).resolve().parents[2] / "docs" / "rhythm.md"


@pytest.mark.parametrize("table", list(FACT_TABLES), ids=lambda table: table.name)
def test_every_table_and_column_is_in_the_documentation(table: FactTable) -> None:
    text = DOCS.read_text()

    _before, _name, rest = text.partition(f"**{table.name}**: {table.meaning}")

    section = rest.partition("\n**")[0]
    rows = [f"| `{one.name}` | {one.type} | {one.meaning} |" for one in table.columns]
    assert [row for row in rows if row not in section] == []


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
