"""Facts that cases announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """Somebody waits for us; `is_again` where it had been put right before."""

    case_id: int
    customer_id: int
    source: str
    is_again: bool


@dataclass(frozen=True, slots=True)
class CaseResolved:
    """It was put right, we think; nobody waits any more."""

    case_id: int
    customer_id: int


@dataclass(frozen=True, slots=True)
class CaseConfirmed:
    """The customer said whether it is right now."""

    case_id: int
    customer_id: int
    is_right: bool
