"""Rounding that comes out alike on every engine."""

from typing import Any


def rounded(value: Any, digits: int) -> Any:
    """Halves go up. Engines differ there: PostgreSQL rounds them to even, and wholes only."""
    scale = 10.0**digits
    return (value * scale + 0.5).floor().cast("float64") / scale


def whole(value: Any) -> Any:
    """The nearest whole number, halves up."""
    return (value.cast("float64") + 0.5).floor().cast("int64")
