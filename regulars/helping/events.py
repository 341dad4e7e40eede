"""Facts that helping announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """`state` is open, or nothing where they need nothing now."""

    request_id: int
    customer_id: int
    state: str
    source: str


@dataclass(frozen=True, slots=True)
class HelpEnded:
    """`state` is done, or withdrawn where it is not needed any more."""

    request_id: int
    customer_id: int
    state: str
