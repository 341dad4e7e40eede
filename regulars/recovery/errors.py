"""Ways in which recovery says no."""

from regulars.core.errors import Refusal


class DisruptionNotPossible(Refusal):
    """What was said of a disruption cannot be so."""


class DisruptionOver(Refusal):
    """It was ended already."""


class CardNotPossible(Refusal):
    """The continuity card cannot be kept there, or not with that password."""


class MoreWaitsNow(Refusal):
    """More would start again than was seen when it was confirmed."""
