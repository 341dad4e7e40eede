"""Rows made ready by other processes, while this one writes those that came before them.

The others read the file and never ask the database. Whatever becomes of them, this one goes on by
itself, from the first piece that did not arrive.
"""

import gc
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.connection import Connection
from queue import Queue
from threading import Thread
from typing import Any, TypeVar

from regulars.core.errors import Refusal

log = logging.getLogger("regulars.intake")

# A file of so many rows is worth the start of other processes; two of them read as fast as one
# database writes.
WORTH_ROWS, MOST_OTHERS = 5000, 2
# Pieces that each of them makes beyond those that were taken, while others are written.
HELD = 12
SILENT_FOR = 120.0
PIECE, REFUSED, DONE, LOST = "piece", "refused", "done", "lost"
T = TypeVar("T")


class Other:
    """Another process, and what it tells; it begins at once."""

    def __init__(self, make: Callable[[], Iterator[Any]]) -> None:
        context = multiprocessing.get_context("fork")
        self._here, there = context.Pipe(duplex=False)
        self._process = context.Process(target=_make, args=(make, self._here, there), daemon=True)
        self._process.start()
        there.close()

    def told(self) -> tuple[str, Any]:
        """The next piece, or how it ended."""
        try:
            return self._here.recv() if self._here.poll(SILENT_FOR) else (LOST, None)
        except (EOFError, OSError):
            return LOST, None

    def end(self) -> None:
        self._here.close()
        self._process.kill()
        self._process.join()
        self._process.close()


def made_ahead(make: Callable[[int, int], Iterator[T]]) -> Iterator[T]:
    """What `make(0, 1)` yields, some pieces ahead of whoever takes them; a refusal is raised here.

    `make(first, step)` yields from the first piece on each one that is so many pieces further.
    """
    count = min(MOST_OTHERS, os.cpu_count() or 1)
    others = [Other(partial(make, nth, count)) for nth in range(count)]
    taken = 0
    try:
        while (told := others[taken % count].told())[0] == PIECE:
            yield told[1]
            taken += 1
    finally:
        for other in others:
            other.end()
    if told[0] == REFUSED:
        raise Refusal(*told[1])
    if told[0] == LOST:
        log.warning("a process that reads ahead ended early; reading on without it")
        yield from make(taken, 1)


def _make(make: Callable[[], Iterator[Any]], here: Connection, there: Connection) -> None:
    # Whoever started this one hears Ctrl+C, and the end of the pipe tells of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    here.close()
    # What came along at the start is never garbage: going through it each time took a tenth.
    gc.freeze()
    gc.set_threshold(50_000)
    ready: Queue[tuple[str, Any] | None] = Queue(HELD)
    sending = Thread(target=_send, args=(ready, there))
    sending.start()
    try:
        for piece in make():
            ready.put((PIECE, piece))
        ready.put((DONE, None))
    except Refusal as no:
        ready.put((REFUSED, (no.sentence, no.remedy)))
    finally:
        ready.put(None)
        sending.join()


def _send(ready: "Queue[tuple[str, Any] | None]", there: Connection) -> None:
    """Hand over what is ready, beside the making of what comes next."""
    is_over = False
    try:
        while (told := ready.get()) is not None:
            there.send(told)
        is_over = True
    finally:
        if not is_over:
            # Nobody takes it any more, and whoever makes it would wait for room for ever.
            os._exit(0)
