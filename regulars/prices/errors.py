"""Ways in which prices say no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class PriceNotFound(NotFound):
    """There is no such price, or it is not this person's to see."""

    def __init__(self) -> None:
        super().__init__(_("There is no such price."))


class PriceUnclear(Refusal):
    """A price says of what, how much, from when and for whom."""


class PriceKnown(Refusal):
    """The same price from the same day is written down already."""


class PriceFixed(Refusal):
    """What was published stays as it was: it is followed by another, or set aside."""


class PriceChangedSince(Refusal):
    """It does not stand as whoever asks has seen it."""


class PriceUnchecked(Refusal):
    """Nobody has looked yet whether old customers paid more, or not since more was sold."""


class PriceUndercuts(Refusal):
    """Old customers pay or paid more, and it was not made right for them."""


class NothingToRight(Refusal):
    """Nobody is left for whom something has to be made right, or not in this way."""


class LookBackUnclear(Refusal):
    """How far back is looked is a number of days, with a reason."""


class ShopNotFound(NotFound):
    """No shop's list is asked, or that look is not of it."""

    def __init__(self) -> None:
        super().__init__(_("There is no such list of a shop."))


class ShopUnclear(Refusal):
    """Where a shop keeps its list is an address, and how it stands to our orders is known."""


class ShopBusy(Refusal):
    """The shop is being asked, or one is asked already."""
