"""Tables in, expressions over them, rows back: on the database that the tests run on."""

import gc
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from regulars.customers.models import Customer
from regulars.engines.errors import ClerkFailed, UnknownEngine
from regulars.engines.opening import Counter, open_engine
from regulars.insight.models import CustomerFacts
from tests.factories.insight import make_stranger

pytestmark = pytest.mark.django_db(transaction=True)

SELECT = "SELECT id AS customer_id, name FROM customers_customer ORDER BY id"
COLUMNS = {"customer_id": "int64", "name": "string"}


def stored(
    counter: Counter, *rows: tuple[int, date | None, float | None, str],
    indexes: Mapping[str, str] | None = None,
) -> int:  # fmt: skip
    """Write facts with these customers, first days, gaps and tiers."""
    columns: dict[str, list[Any]] = {
        "customer_id": [row[0] for row in rows],
        "first_on": [row[1] for row in rows],
        "usual_gap_days": [row[2] for row in rows],
        "tier": [row[3] for row in rows],
    }
    types = {"customer_id": "int64", "first_on": "date", "usual_gap_days": "float64"}
    table = counter.put("facts_to_store", columns, {**types, "tier": "string"})
    nothing = {"purchase_count": 0, "spend_minor": 0, "year_spend_minor": 0, "stake_minor": 0}
    nothing["crowd_sales"] = 0
    return counter.store(
        table.mutate(**nothing),
        table="insight_customerfacts",
        key="customer_id",
        among=("customers_customer", "id"),
        indexes=indexes or {},
    )


def kept() -> list[tuple[Any, ...]]:
    rows = CustomerFacts.objects.order_by("customer_id")
    return list(rows.values_list("customer_id", "first_on", "usual_gap_days", "tier"))


def test_load_brings_committed_rows_with_their_types() -> None:
    ruth, florian = make_stranger(name="Rūth’s “rye”"), make_stranger(name="Florian\n")

    with open_engine() as counter:
        table = counter.load("customers", SELECT, COLUMNS)
        rows = counter.rows(table.order_by("customer_id"))

    assert rows == [
        {"customer_id": ruth.pk, "name": "Rūth’s “rye”"},
        {"customer_id": florian.pk, "name": "Florian\n"},
    ]


def test_load_gives_an_empty_table_its_types() -> None:
    select = "SELECT customer_id, placed_on AS day FROM orders_order"

    with open_engine() as counter:
        table = counter.load("orders", select, {"customer_id": "int64", "day": "date"})
        rows = counter.rows(table.agg(latest=table.day.max(), orders=table.count()))

    assert rows == [{"latest": None, "orders": 0}]


def test_store_writes_new_rows_and_then_only_those_that_differ() -> None:
    one, two, three = (make_stranger(name=name).pk for name in "abc")
    day = date(2026, 2, 28)

    with open_engine() as counter:
        first = stored(counter, (one, day, 30.5, "new"), (two, None, None, "new"))
    with open_engine() as counter:
        same = stored(counter, (one, day, 30.5, "new"), (two, None, None, "new"))
    with open_engine() as counter:
        changed = stored(
            counter, (one, None, 30.5, "new"), (two, None, 1.25, "new"), (three, day, None, "lost")
        )

    assert (first, same, changed) == (2, 0, 3)
    assert kept() == [
        (one, None, 30.5, "new"), (two, None, 1.25, "new"), (three, day, None, "lost"),
    ]  # fmt: skip


def test_store_leaves_out_customers_deleted_while_it_counted() -> None:
    stays, goes = make_stranger(), make_stranger()

    with open_engine() as counter:
        gone = goes.pk
        goes.delete()
        changed = stored(counter, (stays.pk, None, None, "new"), (gone, None, None, "new"))

    assert changed == 1
    assert kept() == [(stays.pk, None, None, "new")]


def test_store_refuses_to_write_inside_a_transaction() -> None:
    one = make_stranger().pk

    with (
        open_engine() as counter,
        transaction.atomic(),
        pytest.raises(RuntimeError, match="not inside a transaction"),
    ):
        stored(counter, (one, None, None, "new"))

    assert kept() == []


def test_reading_is_one_snapshot() -> None:
    make_stranger()

    with open_engine() as counter:
        counter.load("before", SELECT, COLUMNS)
        make_stranger()
        after = counter.load("after", SELECT, COLUMNS)
        seen = counter.rows(after.agg(customers=after.count()))

    assert seen == [{"customers": 1}]
    assert Customer.objects.count() == 2


def test_an_unknown_engine_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownEngine) as refused, open_engine("abacus"):
        pass

    assert refused.value.sentence == "There is no engine called “abacus”."
    assert refused.value.remedy == "Choose one of these: duckdb, postgres, spark."


def test_a_failure_of_the_clerk_says_what_the_database_said() -> None:
    with open_engine() as counter, pytest.raises(ClerkFailed, match="no_such_table"):
        counter.load("nothing", "SELECT 1 AS one FROM no_such_table", {"one": "int64"})


def test_expressions_reach_no_file() -> None:
    with open_engine() as counter:
        backend = counter._engine.backend
        with pytest.raises(Exception, match="file system operations are disabled"):
            backend.raw_sql("SELECT * FROM read_csv('/etc/hostname')")
        with pytest.raises(Exception, match="configuration has been locked"):
            backend.raw_sql("SET enable_external_access = true")


def test_many_rows_are_written_in_short_transactions() -> None:
    Customer.objects.bulk_create(
        Customer(name=str(n), sort_name=str(n), created_at="2026-11-24T09:00Z",
                 updated_at="2026-11-24T09:00Z")
        for n in range(11_000)
    )  # fmt: skip
    rows = [(pk, None, float(pk), "new") for pk in Customer.objects.values_list("pk", flat=True)]

    with open_engine() as counter:
        changed = stored(counter, *rows)

    assert changed == 11_000
    assert kept() == sorted(rows)
    assert connection.vendor in ("sqlite", "postgresql")


def test_nothing_is_swept_while_an_engine_is_open_and_everything_after() -> None:
    with open_engine():
        assert not gc.isenabled()

    assert gc.isenabled()
