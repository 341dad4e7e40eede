"""Facts that prices announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PricesPublished:
    """Prices hold, each from its own day on; `undercut` old customers pay or paid more."""

    price_ids: list[int]
    undercut: int
