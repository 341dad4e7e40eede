"""What follows from an import only where somebody ticks it: rooms register theirs, each with whom
it would reach. History is not an instruction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regulars.core.column_sets import Terms
from regulars.core.registry import Registry

if TYPE_CHECKING:
    # Lives in the stubs only.
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Reach:
    """How many things and customers would be concerned, and a sentence that says so."""

    count: int
    customers: int
    sentence: str


@dataclass(frozen=True, slots=True)
class ImportTick:
    """Something that may follow from an import of a kind; `reach` counts what is staged."""

    name: str
    kind: str
    label: "str | _StrPromise"
    reach: Callable[[Terms], Reach]


import_ticks: Registry[ImportTick] = Registry("ticks at an import")


def register_import_tick(tick: ImportTick) -> ImportTick:
    return import_ticks.register(tick.name, tick)


def ticks_of(kind: str) -> list[ImportTick]:
    return [one for one in import_ticks if one.kind == kind]
