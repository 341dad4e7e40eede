"""The one way to an engine: tables in, expressions over them, rows back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import connection

from regulars.engines.clerk import Upsert
from regulars.engines.correspondence import Clerk, clerk_of_the_database
from regulars.engines.duck import open_duckdb
from regulars.engines.errors import UnknownEngine
from regulars.engines.lightness import lightly

ENGINES: dict[str, Callable[[], Any]] = {"duckdb": open_duckdb}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to fetch under which name; `columns` gives each its Ibis type."""

    name: str
    select: str
    columns: Mapping[str, str]


class Counter:
    """An engine at work, with the tables it was given and the clerk who fetches more."""

    def __init__(self, name: str, clerk: Clerk) -> None:
        self.name, self._clerk = name, clerk
        self._heard: list[str] | None = None

    @cached_property
    def _backend(self) -> Any:
        return ENGINES[self.name]()

    def close(self) -> None:
        if "_backend" in vars(self):
            self._backend.disconnect()

    def load(self, name: str, select: str, columns: Mapping[str, str]) -> Any:
        """Fetch a select of the database."""
        return self.load_all([Wanted(name, select, columns)])[0]

    def load_all(self, wanted: Sequence[Wanted]) -> list[Any]:
        """Fetch several: the clerk is fetching them while the engine is being opened."""
        for table in wanted:
            self._clerk.ask_for(table.select)
        return [self._loaded(table) for table in wanted]

    def _loaded(self, table: Wanted) -> Any:
        backend = self._backend
        import ibis

        schema = ibis.schema(dict(table.columns))
        return self._kept(backend, table.name, _typed(self._clerk.read(), schema), schema)

    def end_loading(self) -> None:
        """All has been fetched: let go of the snapshot."""
        self._clerk.end_reading()

    def put(
        self, name: str, values: Mapping[str, Sequence[Any]], columns: Mapping[str, str]
    ) -> Any:
        """A small table from values of Python."""
        backend = self._backend
        import ibis
        import pyarrow as pa

        schema = ibis.schema(dict(columns))
        with lightly():
            table = pa.table(dict(values), schema=schema.to_pyarrow())
        return self._kept(backend, name, table, schema)

    def _kept(self, backend: Any, name: str, arriving: Any, schema: Any) -> Any:
        # A view over a stream can be read once: keep it as a table at once.
        with lightly("pyarrow.dataset"):
            backend.con.register("regulars_arriving", arriving)
            view = backend.table("regulars_arriving")
            kept = self.keep(
                name, view.select(**{column: view[column].cast(t) for column, t in schema.items()})
            )
        backend.con.unregister("regulars_arriving")
        return kept

    def keep(self, name: str, expression: Any) -> Any:
        """Work an expression out once, for several that build on it."""
        if self._heard is not None:
            statement = self._backend.compile(expression, pretty=True)
            self._heard.append(f"CREATE TEMPORARY TABLE {name} AS\n{statement}")
        return self._backend.create_table(name, expression, temp=True)

    @contextmanager
    def overheard(self) -> Iterator[list[str]]:
        """What the engine is asked meanwhile, statement by statement, for people to read."""
        self._heard = []
        try:
            yield self._heard
        finally:
            self._heard = None

    def run(self, statement: str) -> Any:
        """Run a fixed statement of our own over the tables; gives a cursor."""
        return self._backend.raw_sql(statement)

    def splink(self) -> Any:
        """What Splink asks this engine by."""
        from splink import DuckDBAPI

        return DuckDBAPI(self._backend.con)

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
    ) -> int:  # fmt: skip
        """Write a result to the database: only rows that are new or differ, by key.

        Returns how many those were. Rows that are in `before` do not travel; rows whose key
        `among` (table, column) no longer has are left out: they were deleted while we counted.
        `at_first` names columns that only a new row gets, each as SQL over the row.
        """
        if connection.in_atomic_block:
            raise RuntimeError("the clerk writes on its own connection: not inside a transaction")
        if before is not None:
            expression = expression.difference(before.select(*expression.columns))
        rows = self._arrow(expression.order_by(key))
        order = Upsert(table, key, among, list(rows.column_names), at_first=dict(at_first))
        return self._clerk.upsert(order, rows)

    def _arrow(self, expression: Any) -> Any:
        """What Ibis's `to_pyarrow` gives, without the data frames that it imports on the way."""
        statement = self._backend.compile(expression, pretty=self._heard is not None)
        if self._heard is not None:
            self._heard.append(statement)
        answer = self._backend.raw_sql(statement)
        return answer.to_arrow_reader().cast(expression.schema().to_pyarrow()).read_all()


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
    name = name or settings.INSIGHT_ENGINE
    if name not in ENGINES:
        raise UnknownEngine(name, sorted(ENGINES))
    with clerk_of_the_database() as clerk, closing(Counter(name, clerk)) as counter:
        yield counter
