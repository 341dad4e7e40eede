"""Facts that conversations announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TouchLogged:
    """`at` is when the touch happened, ISO 8601."""

    touch_id: int
    customer_id: int
    at: str


@dataclass(frozen=True, slots=True)
class TouchesLogged:
    """Something was posted to so many at once; `at` is when, ISO 8601."""

    count: int
    at: str


@dataclass(frozen=True, slots=True)
class TouchTakenBack:
    touch_id: int
    customer_id: int
