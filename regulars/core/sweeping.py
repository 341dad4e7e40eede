"""When Python looks for circles among what is no longer needed, and when it need not."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_sweeping() -> Iterator[None]:
    """For work that makes hundreds of thousands of small things, all of them still needed.

    Looking for circles among them again and again takes a fifth of a short count, and a twentieth
    of a large day's lists.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
