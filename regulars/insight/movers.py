"""A tier set by hand goes over; what is counted is counted anew."""

from regulars.core.movers import OneEach, Stays, register_mover
from regulars.insight.models import (
    BehindMember,
    BuyingLess,
    CustomerFacts,
    Expected,
    Recount,
    TierChange,
    TierOverride,
)


def _own_first(_survivor: TierOverride, _merged: TierOverride) -> None:
    """What somebody set for the one who stays goes on holding."""


register_mover(Stays(CustomerFacts, "counted anew from the orders, which moved"))
register_mover(Stays(BuyingLess, "found anew after the next count"))
register_mover(Stays(Expected, "worked out anew after the next count"))
register_mover(Stays(TierChange, "what each of the two was, was theirs"))
register_mover(Stays(Recount, "both are counted again, because their orders moved"))
register_mover(OneEach(TierOverride, _own_first))
register_mover(
    Stays(BehindMember, "whom a number counted, it counted; the next count knows better")
)
