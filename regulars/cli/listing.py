"""What a list of `regulars show` is made of, and which there are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from regulars.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: how many there are, and the first of them as plain values."""

    count: Callable[[], int]
    items: Callable[[int], Iterator[dict[str, Any]]]
    line: Callable[[dict[str, Any]], str]


listings: Registry[Listing] = Registry("lists")


def cut(rows: Any, limit: int) -> Any:
    """The first of them, or all for 0, never more than a piece in memory."""
    return (rows[:limit] if limit else rows).iterator(chunk_size=2000)
