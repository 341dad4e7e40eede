"""Two transactions at the same time, of which the second counts only once the first does.

For PostgreSQL, where one connection keeps one core busy. The first may not wait for the second: it
asks for locks with a limit, and what could not be done side by side is done one after the other.
"""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

from regulars.core.bulk import run_sql

log = logging.getLogger("regulars.operations")
# The second may hold what the first asks for; without a limit both would wait for ever.
WAIT = "1s"


class _FirstFailedError(DatabaseError):
    """The first transaction was rolled back, so the second is as well."""


@contextmanager
def second_connection() -> Iterator[ThreadPoolExecutor]:
    """A thread with a connection of its own; it is opened when it is first asked for something."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        try:
            yield beside
        finally:
            beside.submit(_close).result()


def _close() -> None:
    # Asked for in the thread that it belongs to.
    connection.close()


def may_work_side_by_side() -> bool:
    """Not where another connection would not see what this one has written."""
    return connection.vendor == "postgresql" and not connection.in_atomic_block


def both(
    beside: ThreadPoolExecutor,
    first: Callable[[], object],
    second: Callable[[], object],
    ending: Callable[[], object],
) -> None:
    """Run both at the same time, each in its transaction; `ending` belongs to the second, when the
    first is kept. Where one fails, it is left undone, and the second with the first.
    """
    is_kept: Future[bool] = Future()
    other = beside.submit(_second, second, ending, is_kept)
    try:
        with transaction.atomic():
            run_sql(f"SET LOCAL lock_timeout = '{WAIT}'")
            first()
        is_kept.set_result(True)
    except DatabaseError as error:
        log.info("one after the other: %s", error)
    finally:
        if not is_kept.done():
            is_kept.set_result(False)
        other.result()


def _second(
    second: Callable[[], object], ending: Callable[[], object], is_kept: Future[bool]
) -> None:
    try:
        with transaction.atomic():
            second()
            # What is asked at the end of a transaction is most of the work.
            run_sql("SET CONSTRAINTS ALL IMMEDIATE")
            if not is_kept.result():
                raise _FirstFailedError
            ending()
    except DatabaseError as error:
        log.info("one after the other: %s", error)
