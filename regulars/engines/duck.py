"""DuckDB behind Ibis, kept within bounds."""

from pathlib import Path
from typing import Any

from django.conf import settings

from regulars.engines.lightness import lightly, without_other_dialects


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
