"""Facts that offers announce."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OfferPlanned:
    """An offer with its waves stands; from `opens_at` on (ISO 8601) the first may use it."""

    offer_id: int
    opens_at: str


@dataclass(frozen=True, slots=True)
class OfferRedeemed:
    """An offer was used; nobody is named where the code was for everybody."""

    redemption_id: int
    offer_id: int
    customer_id: int | None


@dataclass(frozen=True, slots=True)
class RedemptionTakenBack:
    redemption_id: int
    offer_id: int
    customer_id: int | None
