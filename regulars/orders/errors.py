"""Ways in which orders say no."""

from regulars.core.errors import Refusal


class CreditTooSmall(Refusal):
    """More was to be spent or taken back than there is."""


class CreditOfNothing(Refusal):
    """Credit is an amount above nought in the currency of the business."""
