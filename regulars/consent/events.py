"""Facts that consent announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsentRecorded:
    """One fact for a whole set; the rows are `consent.ConsentEvent`."""

    channel: str
    decision: str
    count: int
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class OptInAsked:
    """Somebody filled in a public form; the row is `consent.OptInRequest`."""

    request_id: int


@dataclass(frozen=True, slots=True)
class WishesChanged:
    customer_id: int
