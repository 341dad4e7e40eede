"""Starting quickly: what our libraries would import, and we never use, is not let in."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import ModuleType

# pyarrow and DuckDB import these where they find them, which takes longer than counting a small
# list does. Engines hand out Arrow and plain values: no data frames, no arrays.
UNUSED = frozenset({"pandas", "polars", "numpy"})
COMPILERS = "ibis.backends.sql.compilers"


class _Guard:
    def __init__(self, unused: frozenset[str]) -> None:
        self._unused = unused

    def find_spec(self, name: str, *_: object) -> None:
        if name in self._unused:
            raise ModuleNotFoundError("engines do without it", name=name)


@contextmanager
def lightly(*and_without: str) -> Iterator[None]:
    """While libraries look around for what they could work with, the unused is not there."""
    guard = _Guard(UNUSED.union(and_without))
    sys.meta_path.insert(0, guard)
    try:
        yield
    finally:
        sys.meta_path.remove(guard)


def without_other_dialects() -> None:
    """Have Ibis import the dialect of SQL that is spoken, not all twenty that it knows."""
    if COMPILERS in sys.modules:
        return
    spec = find_spec(COMPILERS)
    if spec is None:
        raise ModuleNotFoundError("Ibis keeps its compilers elsewhere", name=COMPILERS)
    sys.modules[COMPILERS] = _on_demand(spec)


def _on_demand(spec: ModuleSpec) -> ModuleType:
    package = module_from_spec(spec)

    def find(name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.endswith("Compiler"):
            return getattr(import_module(f"{COMPILERS}.{name[:-8].lower()}"), name)
        return import_module(f"{COMPILERS}.{name}")

    vars(package)["__getattr__"] = find
    return package
