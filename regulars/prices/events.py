"""Facts that prices announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PricePublished:
    """A price holds from a day on (ISO 8601); `undercut` old customers pay or paid more."""

    price_id: int
    product: str
    opens_on: str
    undercut: int
