"""Facts that insight announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FactsRefreshed:
    """Customers were counted as of a day (ISO 8601); so many of their facts are new or differ."""

    as_of: str
    changed: int


@dataclass(frozen=True, slots=True)
class TiersMoved:
    """A count moved customers from tier to tier: from (empty for newcomers), to, how many.

    One fact for each count; who they are stands in the changes of that day.
    """

    as_of: str
    moves: list[list[str | int]]


@dataclass(frozen=True, slots=True)
class TierSet:
    """A person set a customer's tier by hand, or gave it back to the count."""

    customer_id: int
    tier: str
