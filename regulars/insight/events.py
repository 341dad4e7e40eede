"""Facts that insight announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FactsRefreshed:
    """Everything was counted as of a day (ISO 8601); so many customers' facts are new or differ."""

    as_of: str
    changed: int


@dataclass(frozen=True, slots=True)
class TierSet:
    """A person set a customer's tier by hand, or gave it back to the count."""

    customer_id: int
    tier: str
