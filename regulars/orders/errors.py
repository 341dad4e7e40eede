"""Ways in which orders say no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class CreditTooSmall(Refusal):
    """More was to be spent or taken back than there is."""


class CreditOfAnother(Refusal):
    """Store credit pays for what its customer bought."""


class CreditNotFound(NotFound):
    """There is no such movement, or it is not this person's to see."""

    def __init__(self) -> None:
        super().__init__(_("There is no such store credit."))


class SellerNotFound(NotFound):
    """Nobody is named so as having sold something."""

    def __init__(self) -> None:
        super().__init__(_("Nobody who sold goes by that name."))


class CreditOfNothing(Refusal):
    """Credit is an amount above nought in the currency of the business."""
