"""Starting quickly: pyarrow's heaviest guest is not let in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class _WithoutPandas:
    def find_spec(self, name: str, *_: object) -> None:
        if name == "pandas":
            raise ModuleNotFoundError("engines do without pandas", name=name)


@contextmanager
def pandas_left_out() -> Iterator[None]:
    """While pyarrow's parts are imported, pandas is not there for them.

    They import it where they find it, which takes longer than counting a small list does. Engines
    hand out Arrow and plain values, never data frames.
    """
    guard = _WithoutPandas()
    sys.meta_path.insert(0, guard)
    try:
        yield
    finally:
        sys.meta_path.remove(guard)
