"""Ways in which offers say no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class OfferNotFound(NotFound):
    """There is no such offer, or it is not this person's to see."""

    def __init__(self) -> None:
        super().__init__(_("There is no such offer."))


class OfferUnclear(Refusal):
    """An offer says what somebody gets, and what it takes from the price."""


class BelowCost(Refusal):
    """What is left of the price does not reach the margin that was set as the least."""


class WaveOutOfOrder(Refusal):
    """Old customers come first; no wave begins in the past or ends before it begins."""


class OfferFixed(Refusal):
    """What customers have been told already stays as it is."""


class WayClosed(Refusal):
    """A wave is not told by this way."""


class OfferChangedSince(Refusal):
    """It does not stand as the undo found it."""


class CodeMistyped(Refusal):
    """The check letter does not fit: it was read or typed wrongly."""


class CodeUnknown(Refusal):
    """A code of the right shape that we never gave to anybody."""


class TooManyTries(Refusal):
    """Somebody tries one code after the other."""


class CodeReplaced(Refusal):
    """The code was replaced by a new one."""


class CodeUsed(Refusal):
    """The code has been used as often as it may be."""


class CodeOfSomebodyElse(Refusal):
    """The code belongs to another customer than the one who stands here."""


class CustomerNeeded(Refusal):
    """This code is for some customers only, and it was not said who uses it."""


class OfferNotYetOpen(Refusal):
    """The wave of whoever has this code has not begun."""


class OfferOver(Refusal):
    """The wave, or the whole offer, is over."""


class NotTheirWave(Refusal):
    """No wave that is open means this customer."""


class NothingLeft(Refusal):
    """The stock is used up."""


class ListNotOurs(Refusal):
    """What a till brings back names no list that we signed for it."""


class ListOver(Refusal):
    """It was noted on a list whose day was over."""
