"""What was deleted leaves the file as well: words of indexes, and pages that stand free.

SQLite marks as free what is deleted, and writes over it when it needs the room. PostgreSQL does so
in its own time, and has no way to ask for it that holds nobody up.
"""

# Statements are put together from names of our own tables; every value is bound.
# ruff: noqa: S608

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction

from regulars.core import jobs
from regulars.core.bulk import rows_of, run_sql
from regulars.core.registry import Registry

# Indexes of words (FTS5): in them a word that was taken out stays until its pages are merged.
word_indexes: Registry[str] = Registry("indexes of words")

# Erasing several people one after the other ends in one going over of the file.
WAITS = timedelta(minutes=10)
# Pages of 4 KB: small enough for a transaction of 100 ms.
PAGES = 500
NOUGHTS = "core_noughts"


def ask_to_scrub(*, at: datetime) -> None:
    """Have the file gone over in a while, once for all that is erased until then."""
    if connection.vendor == "sqlite":
        slot = int(at.timestamp() // WAITS.total_seconds())
        jobs.enqueue("core.scrub", at=at + WAITS, unique_key=f"core.scrub:{slot}")


def scrub() -> Iterator[int]:
    """Write over what was deleted, in short transactions; yields how many there were so far."""
    if connection.vendor != "sqlite":
        return
    steps = 0
    for step in (*map(_merging, word_indexes), _filling()):
        for _done in step:
            steps += 1
            yield steps
    _begin_the_log_anew()


def _merging(index: str) -> Iterator[None]:
    """Merge an index into one piece: words that stand in no row are left out of it."""
    is_done = False
    while not is_done:
        with transaction.atomic():
            before = connection.connection.total_changes
            run_sql(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', {-PAGES})")
            # The manual of FTS5: where fewer than two rows change, nothing is left to merge.
            is_done = connection.connection.total_changes - before < 2
        yield


def _filling() -> Iterator[None]:
    """Take the pages that stand free, then free them again, each written over as a whole."""
    size = int(rows_of("PRAGMA page_size")[0][0])
    run_sql(f"CREATE TABLE IF NOT EXISTS {NOUGHTS} (held BLOB)")
    # A blob of so many pages takes one or two more: none is left free.
    while free := int(rows_of("PRAGMA freelist_count")[0][0]):
        with transaction.atomic():
            run_sql(f"INSERT INTO {NOUGHTS} VALUES (zeroblob(%s))", [size * min(free, PAGES)])
        yield
    run_sql("PRAGMA secure_delete = ON")
    try:
        while run_sql(f"DELETE FROM {NOUGHTS} WHERE rowid = (SELECT max(rowid) FROM {NOUGHTS})"):
            yield
        run_sql(f"DROP TABLE {NOUGHTS}")
    finally:
        run_sql("PRAGMA secure_delete = FAST")


def _begin_the_log_anew() -> None:
    """What was written before stands in the log of the database until that begins anew."""
    try:
        rows_of("PRAGMA wal_checkpoint(TRUNCATE)")
    except OperationalError:
        # Somebody writes at this moment: the log begins anew by itself later.
        return
