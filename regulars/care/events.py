"""Facts that care announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExpectationNoted:
    """What matters to a customer now: one of the matters, and how we know."""

    expectation_id: int
    customer_id: int
    what: str
    source: str
