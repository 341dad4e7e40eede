# ruff: noqa: SLF001 – what a room keeps to itself is what is measured here
"""Books as Parquet, and the product's count over them instead of over its database."""

import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, cast

AS_OF = date(2026, 11, 22)
ORDERS_EACH = 10
PART = 250_000


def books_of(folder: Path, customers: int) -> Path:
    """Gaps and amounts log-normal, frequencies skewed as in real lists; made once."""
    books = folder / str(customers)
    if not (books / "made").exists():
        shutil.rmtree(books, ignore_errors=True)
        began = time.monotonic()
        for name in ("orders", "customers"):
            (books / name).mkdir(parents=True)
        for part, first in enumerate(range(0, customers, PART)):
            _write_part(books, part, first, min(PART, customers - first))
        (books / "made").touch()
        print(f"made {customers:,} customers in {time.monotonic() - began:.0f} s", flush=True)
    return books


def _write_part(books: Path, part: int, first: int, customers: int) -> None:
    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    chance = np.random.default_rng(part)
    orders = customers * ORDERS_EACH
    share = chance.gamma(0.6, size=customers) + 0.02
    counts = 1 + chance.multinomial(orders - customers, share / share.sum())
    who = np.repeat(np.arange(customers), counts)
    usual = np.minimum(1000 / counts, 60) * chance.lognormal(0, 0.4, customers)
    gaps = np.maximum(1, usual[who] * chance.lognormal(0, 0.5, orders)).astype(int)
    total = np.cumsum(gaps)
    start = np.concatenate([[0], np.cumsum(counts)[:-1]])
    since = np.minimum(total - np.repeat(total[start], counts), 1400)
    before = since + np.repeat(chance.integers(0, 60, customers), counts)
    spend = chance.lognormal(7.5, 1, customers)[who] * chance.lognormal(0, 0.4, orders)
    is_sale = chance.random(orders) > 0.02
    # As a till writes them: in order of time, not of customer.
    order = np.argsort(-before, kind="stable")
    last = (AS_OF - date(1970, 1, 1)).days
    lines = pa.table(
        {
            "customer_id": pa.array(first + 1 + who[order], pa.int64()),
            "day": pa.array((last - before[order]).astype(np.int32), pa.int32()).cast(pa.date32()),
            "is_sale": pa.array(is_sale[order].astype(np.int8)),
            "spend_minor": pa.array(
                np.where(is_sale, spend, -spend).astype(np.int64)[order], pa.int64()
            ),
        }
    )
    parquet.write_table(lines, books / "orders" / f"{part:04}.parquet", compression="zstd")
    ids = np.arange(first + 1, first + 1 + customers)
    kinds = np.where(ids % 10 == 0, "organisation", "person").tolist()
    people = pa.table({"customer_id": pa.array(ids, pa.int64()), "kind": pa.array(kinds)})
    parquet.write_table(people, books / "customers" / f"{part:04}.parquet", compression="zstd")


@contextmanager
def counted_on_parquet(count: Any, books: Path, *, engine: str) -> Iterator[Any]:
    """As `counted`, the tables that the clerk would fetch taken from files."""
    import ibis

    from regulars.engines.correspondence import Clerk
    from regulars.engines.opening import Counter
    from regulars.insight import counting
    from regulars.insight.facts import CUSTOMERS, FACTS, ORDERS, OVERRIDES, SERVICES, STAKES

    with closing(Counter(engine, cast(Clerk, None))) as counter:
        people = _table(counter, "people", books / "customers", ["customer_id", "kind"])
        before = {name: t for name, t in CUSTOMERS.types.items() if name not in people.columns}
        empty = [
            counter.put(name, {column: [] for column in types}, types)
            for name, types in (
                ("services", SERVICES.types), ("overrides", OVERRIDES.types),
                ("stakes", STAKES.types), ("facts_before", FACTS.types),
            )
        ]  # fmt: skip
        tables = counting._Books(
            _table(counter, "orders", books / "orders", list(ORDERS.types)),
            people.mutate(**{name: ibis.null(t) for name, t in before.items()}),
            *empty,
        )
        yield counting._worked_out(counter, tables, count)


def _table(counter: Any, name: str, folder: Path, columns: list[str]) -> Any:
    """Spark reads the files by itself; DuckDB, which may open none, is handed their columns."""
    import ibis
    from pyarrow import dataset

    from regulars.engines.spark import SparkEngine
    from regulars.engines.tables import table_of
    from regulars.insight.facts import CUSTOMERS, ORDERS

    types = {**ORDERS.types, **CUSTOMERS.types}
    schema = ibis.schema({column: types[column] for column in columns})
    engine = counter._engine
    if isinstance(engine, SparkEngine):
        engine.backend._session.read.parquet(str(folder)).createOrReplaceTempView(name)
        return table_of(engine.backend, name, schema)
    return engine.take_in(
        name, dataset.dataset(folder).scanner(columns=columns).to_reader(), schema
    )


def write_facts(result: Any, to: Path) -> None:
    from regulars.engines.spark import SparkEngine

    engine = result.counter._engine
    shutil.rmtree(to, ignore_errors=True)
    if isinstance(engine, SparkEngine):
        engine._typed(result.facts).write.parquet(str(to))
        return
    from pyarrow import parquet

    to.mkdir()
    answer = engine.backend.raw_sql(engine.backend.compile(result.facts)).to_arrow_reader()
    with parquet.ParquetWriter(to / "0.parquet", answer.schema, compression="zstd") as file:
        for batch in answer:
            file.write_batch(batch)
