"""Facts that departures announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DepartureNoted:
    """Why a customer left is written down, or written anew."""

    departure_id: int
    customer_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class CustomersCameBack:
    """So many who had left bought again; found after a count, or said by one of us."""

    count: int
