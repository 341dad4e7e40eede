"""What Django looks for here, from the files that hold it."""

from regulars.prices.models.pricing import (
    USUAL_DAYS,
    Concern,
    ConcernQuerySet,
    LookBack,
    Price,
    PriceQuerySet,
    Righting,
    StagedPrice,
)
from regulars.prices.models.shops import ListedPrice, ListedPriceQuerySet, ShopList, ShopLook

__all__ = [
    "USUAL_DAYS",
    "Concern",
    "ConcernQuerySet",
    "ListedPrice",
    "ListedPriceQuerySet",
    "LookBack",
    "Price",
    "PriceQuerySet",
    "Righting",
    "ShopList",
    "ShopLook",
    "StagedPrice",
]
