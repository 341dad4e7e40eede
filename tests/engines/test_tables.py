"""Rows get the types that were asked for, whatever the database named them."""

from datetime import date

import ibis
import pyarrow as pa
import pytest

from regulars.engines.tables import batches_of

pytestmark = pytest.mark.same_on_each
SCHEMA = ibis.schema({"customer_id": "int64", "last_on": "date"})


def test_a_column_without_any_value_takes_its_type_all_the_same() -> None:
    """SQLite, asked for days where there are none, names whole numbers."""
    arriving = pa.table({"customer_id": [1, 2], "last_on": pa.nulls(2, pa.int64())})

    (batch,) = batches_of(arriving, SCHEMA)

    assert batch.to_pylist() == [
        {"customer_id": 1, "last_on": None}, {"customer_id": 2, "last_on": None},
    ]  # fmt: skip
    assert batch.schema == SCHEMA.to_pyarrow()


def test_days_as_sqlite_keeps_them_become_days() -> None:
    arriving = pa.table({"customer_id": [1], "last_on": ["2026-02-28"]})

    (batch,) = batches_of(arriving, SCHEMA)

    assert batch.to_pylist() == [{"customer_id": 1, "last_on": date(2026, 2, 28)}]
