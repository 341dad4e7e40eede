"""DuckDB behind Ibis, kept within bounds."""

from pathlib import Path
from typing import Any

from django.conf import settings

from regulars.engines.lightness import lightly, without_other_dialects


class DuckEngine:
    """The default: in this process, in memory, spilling into the instance's folder."""

    def __init__(self, _address: str) -> None:
        self.backend = open_duckdb()

    def take_in(self, name: str, arriving: Any, schema: Any) -> Any:
        # A view over a stream can be read once: keep it as a table at once.
        with lightly("pyarrow.dataset"):
            self.backend.con.register("regulars_arriving", arriving)
            view = self.backend.table("regulars_arriving")
            kept = self.keep(
                name, view.select(**{column: view[column].cast(t) for column, t in schema.items()})
            )
        self.backend.con.unregister("regulars_arriving")
        return kept

    def keep(self, name: str, expression: Any) -> Any:
        return self.backend.create_table(name, expression, temp=True)

    def arrow(self, expression: Any) -> Any:
        """What Ibis's `to_pyarrow` gives, without the data frames that it imports on the way."""
        answer = self.backend.raw_sql(self.backend.compile(expression))
        return answer.to_arrow_reader().cast(expression.schema().to_pyarrow()).read_all()

    def close(self) -> None:
        self.backend.disconnect()

    def run(self, statement: str) -> Any:
        return self.backend.raw_sql(statement)

    def splink(self) -> Any:
        from splink import DuckDBAPI

        return DuckDBAPI(self.backend.con)


def open_duckdb() -> Any:
    """An Ibis backend on an empty database in memory; it may spill into the instance's folder."""
    with lightly("pyarrow.dataset"):
        import ibis
        import pyarrow  # noqa: F401, RUF100

        without_other_dialects()
        return _opened(ibis.duckdb)


def _opened(duckdb: Any) -> Any:
    spill = Path(settings.HOME) / "engine"
    spill.mkdir(mode=0o700, parents=True, exist_ok=True)
    backend = duckdb.connect(
        ":memory:",
        memory_limit=f"{settings.ENGINE_MEMORY_MB}MB",
        threads=settings.ENGINE_THREADS,
        temp_directory=str(spill),
        preserve_insertion_order=False,
    )
    # What it counts came from files of strangers: no expression may reach a file or the network.
    backend.raw_sql("SET enable_external_access = false")
    backend.raw_sql("SET lock_configuration = true")
    return backend
