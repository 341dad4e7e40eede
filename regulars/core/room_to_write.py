"""Room for SQLite while many rows are written: what is scattered over the indexes is written fewer
times, and carried to its place beside the work.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Event

from django.db import DatabaseError, connection

from regulars.core.bulk import rows_of, run_sql
from regulars.core.side_by_side import second_connection

log = logging.getLogger("regulars.operations")
# 160 MB of pages (told in KB, negative), and 128 in the log before the writer itself carries them.
ROOM = {"cache_size": -163_840, "wal_autocheckpoint": 32_000}
# Long enough for a page that is written again and again to be carried once.
BETWEEN = 1.0


@contextmanager
def room_to_write(*, carried_beside: bool = False) -> Iterator[None]:
    """Let SQLite hold more pages while many rows are written. Others are not held up by it.

    `carried_beside` starts a thread, so not where this process starts others.
    """
    if connection.vendor == "postgresql":
        yield
        return
    usual = {name: rows_of(f"PRAGMA {name}")[0][0] for name in ROOM}
    _set_pragmas(ROOM)
    try:
        with _carried_beside() if carried_beside else nullcontext():
            yield
    finally:
        _set_pragmas(usual)


@contextmanager
def _carried_beside() -> Iterator[None]:
    """Have pages carried from the log to their places by another thread, on another core."""
    if connection.in_atomic_block or connection.is_in_memory_db():  # type: ignore[attr-defined]
        yield
        return
    is_over = Event()
    with second_connection() as beside:
        carrying = beside.submit(_carry, is_over)
        try:
            yield
        finally:
            is_over.set()
            carrying.result()


def _carry(is_over: Event) -> None:
    while not is_over.wait(BETWEEN):
        try:
            # Passive: it waits for nobody, and nobody for it.
            rows_of("PRAGMA wal_checkpoint(PASSIVE)")
        except DatabaseError as error:
            log.info("pages stay in the log: %s", error)


def _set_pragmas(values: dict[str, int]) -> None:
    for name, value in values.items():
        run_sql(f"PRAGMA {name} = {int(value)}")
