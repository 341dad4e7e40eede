"""Facts that lists announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CustomersEntered:
    """Customers came into a segment: those whose stay began at this moment (ISO 8601).

    `is_first`: the segment was just made, or asks for something else now; nobody has done anything.
    """

    segment_id: int
    entered_at: str
    count: int
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class CustomersLeft:
    """Customers left a segment: those whose stay ended at this moment (ISO 8601)."""

    segment_id: int
    left_at: str
    count: int
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class FieldsHidden:
    """An owner changed what a role does not see."""

    role: str
