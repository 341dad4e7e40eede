"""Erasing what was counted about a customer."""

from regulars.core.erasers import Erasing, erase_rows, let_stay, register_eraser
from regulars.insight.models import (
    BehindMember,
    BuyingLess,
    CustomerFacts,
    Expected,
    Recount,
    TierChange,
    TierOverride,
)


def erase(erasing: Erasing) -> None:
    """Their facts, what their tier was, and one that somebody set with a reason."""
    for model in (BehindMember, BuyingLess, CustomerFacts, Expected, TierChange, TierOverride):
        erase_rows(model, erasing)


register_eraser(
    "insight", (BehindMember, BuyingLess, CustomerFacts, Expected, TierChange, TierOverride), erase
)
let_stay(Recount, "A number, until the next count takes it off the list.")
