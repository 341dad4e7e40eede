"""The one way to an engine: tables in, expressions over them, rows back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Protocol, cast

from django.conf import settings
from django.db import connection

from regulars.core.presence import company_lock
from regulars.core.sweeping import without_sweeping
from regulars.engines.clerk import Upsert
from regulars.engines.correspondence import Clerk, clerk_of_the_database
from regulars.engines.duck import DuckEngine
from regulars.engines.errors import PairsOnDuckdbAlone, UnknownEngine
from regulars.engines.lightness import lightly
from regulars.engines.postgres import PostgresEngine
from regulars.engines.spark import SparkEngine


class Engine(Protocol):
    """What counts: tables are Ibis's, rows travel as Arrow. All three pass the same tests."""

    @property
    def backend(self) -> Any:
        """Ibis's own."""

    def take_in(self, name: str, arriving: Any, schema: Any) -> Any:
        """Keep a table or a stream of Arrow, with the types of the schema."""

    def keep(self, name: str, expression: Any) -> Any:
        """Work an expression out once; gives the table."""

    def arrow(self, expression: Any) -> Any:
        """The rows of an expression as a table of Arrow."""

    def close(self) -> None: ...


DUCKDB = "duckdb"
# By what stands before the first colon of the setting; the whole of it is handed over.
ENGINES: dict[str, Callable[[str], Engine]] = {
    DUCKDB: DuckEngine,
    "postgres": PostgresEngine,
    "spark": SparkEngine,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to fetch under which name; `columns` gives each its Ibis type.

    `parts` are selects that together give the same rows as the one: a long table of SQLite is read
    from two places at once. PostgreSQL would go through the whole table for each.
    """

    name: str
    select: str
    columns: Mapping[str, str]
    parts: Sequence[str] = ()

    def selects(self) -> Sequence[str]:
        return (connection.vendor == "sqlite" and self.parts) or [self.select]


class Counter:
    """An engine at work, with the tables it was given and the clerk who fetches more."""

    def __init__(self, address: str, clerk: Clerk) -> None:
        self.name = address.partition(":")[0]
        self._address, self._clerk = address, clerk
        self._heard: list[str] | None = None
        self._shared: dict[str, Any] = {}

    @cached_property
    def _engine(self) -> Engine:
        return ENGINES[self.name](self._address)

    def close(self) -> None:
        if "_engine" in vars(self):
            self._engine.close()

    def load(self, name: str, select: str, columns: Mapping[str, str]) -> Any:
        """Fetch a select of the database."""
        return self.load_all([Wanted(name, select, columns)])[0]

    def load_all(self, wanted: Sequence[Wanted]) -> list[Any]:
        """Fetch several: the clerk is fetching them while the engine is being opened."""
        for table in wanted:
            self._clerk.ask_for(*table.selects())
        return [self._loaded(table) for table in wanted]

    def _loaded(self, table: Wanted) -> Any:
        engine = self._engine
        import ibis

        schema = ibis.schema(dict(table.columns))
        return engine.take_in(table.name, _typed(self._clerk.read(), schema), schema)

    def end_loading(self) -> None:
        """All has been fetched: let go of the snapshot."""
        self._clerk.end_reading()

    def put(
        self, name: str, values: Mapping[str, Sequence[Any]], columns: Mapping[str, str]
    ) -> Any:
        """A small table from values of Python."""
        engine = self._engine
        import ibis
        import pyarrow as pa

        schema = ibis.schema(dict(columns))
        with lightly():
            table = pa.table(dict(values), schema=schema.to_pyarrow())
        return engine.take_in(name, table, schema)

    def keep(self, name: str, expression: Any) -> Any:
        """Work an expression out once, for several that build on it."""
        self._hear(f"CREATE TEMPORARY TABLE {name} AS\n", expression)
        return self._engine.keep(name, expression)

    def keep_once(self, name: str, expression: Callable[[], Any]) -> Any:
        """The same for what several ask for who do not know of one another."""
        if name not in self._shared:
            self._shared[name] = self.keep(name, expression())
        return self._shared[name]

    @contextmanager
    def overheard(self) -> Iterator[list[str]]:
        """What the engine is asked meanwhile, statement by statement, for people to read."""
        self._heard = []
        try:
            yield self._heard
        finally:
            self._heard = None

    def _hear(self, begins: str, expression: Any) -> None:
        if self._heard is not None:
            self._heard.append(begins + str(self._engine.backend.compile(expression, pretty=True)))

    def run(self, statement: str) -> Any:
        """Run a fixed statement of our own, in DuckDB's words, over the tables; gives a cursor."""
        return self._duckdb.run(statement)

    def splink(self) -> Any:
        """What Splink asks this engine by; refused at once on those that it does not speak to."""
        return self._duckdb.splink()

    @property
    def _duckdb(self) -> DuckEngine:
        if self.name != DUCKDB:
            raise PairsOnDuckdbAlone(self.name)
        return cast(DuckEngine, self._engine)

    def rows(self, expression: Any) -> list[dict[str, Any]]:
        """The rows of a small result."""
        found: list[dict[str, Any]] = self._arrow(expression).to_pylist()
        return found

    def columns(self, expression: Any) -> dict[str, Any]:
        """A result as numpy arrays by column name, for what no engine does: fitting."""
        found = self._arrow(expression)
        return {name: _array(found.column(name)) for name in found.column_names}

    def store(
        self, expression: Any, *, table: str, key: str, among: tuple[str, str],
        before: Any = None, at_first: Mapping[str, str] = MappingProxyType({}),
        indexes: Mapping[str, str] = MappingProxyType({}),
    ) -> int:  # fmt: skip
        """Write a result to the database: only rows that are new or differ, by key.

        Returns how many those were. Rows that are in `before` do not travel; rows whose key
        `among` (table, column) no longer has are left out: they were deleted while we counted.
        `at_first` names columns that only a new row gets, each with the one it is like. `indexes`
        are those of the table, by name as SQL: they may be made anew after an empty one was filled.
        """
        if connection.in_atomic_block:
            raise RuntimeError("the clerk writes on its own connection: not inside a transaction")
        if before is not None:
            expression = expression.difference(before.select(*expression.columns))
        rows = self._arrow(expression.order_by(key))
        order = Upsert(
            table, key, among, list(rows.column_names), at_first=dict(at_first),
            company=company_lock(), indexes=dict(indexes),
        )  # fmt: skip
        return self._clerk.upsert(order, rows)

    def _arrow(self, expression: Any) -> Any:
        self._hear("", expression)
        return self._engine.arrow(expression)


def _array(column: Any) -> Any:
    """A column of Arrow for numpy; Arrow itself was loaded without it (lightness.py)."""
    import numpy as np

    whole = column.combine_chunks()
    numbers = {"int64": np.int64, "double": np.float64}.get(str(whole.type))
    if numbers is None:
        return np.array(whole.to_pylist(), dtype=object)
    if whole.null_count or not len(whole):
        return np.array(whole.to_pylist(), dtype=numbers)
    return np.frombuffer(whole.buffers()[1], dtype=numbers)[whole.offset :][: len(whole)]


def _typed(batches: Any, schema: Any) -> Any:
    """An empty result has no types of its own in SQLite: give it the ones it would have."""
    import pyarrow as pa

    first = next(batches, None)
    if first is None:
        return pa.RecordBatchReader.from_batches(schema.to_pyarrow(), [])
    return pa.RecordBatchReader.from_batches(batches.schema, _again(first, batches))


def _again(first: Any, rest: Any) -> Iterator[Any]:
    yield first
    yield from rest


@contextmanager
def open_engine(name: str | None = None) -> Iterator[Counter]:
    """Open an engine over the database of this instance; the settings say which by default."""
    address = name or settings.INSIGHT_ENGINE
    # What follows the name may be an address with a password in it.
    kind = address.partition(":")[0]
    if kind not in ENGINES:
        raise UnknownEngine(kind, sorted(ENGINES))
    with (
        without_sweeping(), clerk_of_the_database() as clerk,
        closing(Counter(address, clerk)) as counter,
    ):  # fmt: skip
        yield counter
