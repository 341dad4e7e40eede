"""Facts that promises announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """`customer_id` is 0 where it was made to more than one customer."""

    promise_id: int
    customer_id: int
    source: str


@dataclass(frozen=True, slots=True)
class PromiseSettled:
    """`state` is kept, kept_late, broken or withdrawn."""

    promise_id: int
    customer_id: int
    source: str
    state: str
