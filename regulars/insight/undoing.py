"""What is counted about a customer goes with one whom an operation made."""

from regulars.core.operations import register_follower, register_table
from regulars.insight.models import (
    BehindMember,
    BuyingLess,
    CustomerFacts,
    Expected,
    TierChange,
    TierOverride,
)

register_follower(CustomerFacts)
register_follower(TierChange)
register_follower(BuyingLess)
register_follower(Expected)
register_follower(BehindMember)
register_table(TierOverride)
