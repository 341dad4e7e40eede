"""The same count on every engine, Spark in several processes: `./dev long engines`.

That command gives it a PostgreSQL, and runs the tests of insight on both others after it.
"""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from django.db import connection

from regulars.core.actor import COMMAND
from regulars.demo.actions import load_demo
from regulars.engines.opening import open_engine
from regulars.team.models import Business
from tests.engines.alike import (
    COME_BACK,
    MODEL,
    SPARK,
    Rows,
    counted_on,
    differences,
    sent_through,
    write_books_of_all_kinds,
)
from tests.factories.insight import TODAY
from tests.insight.test_cdnow import CALIBRATION_ENDS_ON, bring_in

pytestmark = pytest.mark.django_db(transaction=True)


def engines() -> Iterator[str]:
    if connection.vendor == "postgresql":
        yield "postgres"
    yield SPARK


def counted_alike(as_of: date | None = None) -> dict[str, Rows]:
    """Count on every engine; what DuckDB found, once all others have found the same."""
    on_duckdb = counted_on("duckdb", as_of)
    for engine in engines():
        assert list(differences(on_duckdb, counted_on(engine, as_of))) == [], engine
    return on_duckdb


def test_spark_counts_in_processes_of_their_own() -> None:
    with open_engine(SPARK) as counter:
        table = counter.put("numbers", {"n": list(range(1000))}, {"n": "int64"})
        # The other two are of the workers; the first is the one that drives.
        workers = counter._engine.backend._session.sparkContext._jsc.sc()
        assert counter.rows(table.agg(total=table.n.sum())) == [{"total": 499_500}]
        assert workers.getExecutorMemoryStatus().size() == 3


def test_every_type_of_value_comes_back_from_spark_as_it_was() -> None:
    assert sent_through(SPARK) == COME_BACK


def test_books_of_all_kinds_are_counted_alike(business: Business) -> None:
    write_books_of_all_kinds(business)

    counted_alike()


def test_the_sample_business_is_counted_alike(at: datetime) -> None:
    load_demo(day=TODAY, by=COMMAND, at=at)

    found = counted_alike()

    assert len(found["facts"]) == 412


@pytest.mark.realdata
def test_the_sample_of_cdnow_is_counted_and_foretold_alike(
    real_data: Path, business: Business
) -> None:
    business.currency = "USD"
    business.save()
    bring_in(real_data / "purchases" / "cdnow_sample")

    found = counted_alike(CALIBRATION_ENDS_ON)

    foretold = [row for row in found["foretold"] if row["is_by_series"]]
    assert len(foretold) > 2000
    seen = [
        np.array([float(row[name]) for row in foretold]) for name in ("repeats", "recency", "age")
    ]
    by_scipy = MODEL.expected(seen[0], seen[1] / 7, seen[2] / 7, 13)
    assert np.allclose([row["purchases"] for row in foretold], by_scipy, rtol=1e-8)
