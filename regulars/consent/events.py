"""Facts that consent announces."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsentRecorded:
    """One fact for a whole set; the rows are `consent.ConsentEvent`."""

    channel: str
    decision: str
    count: int
