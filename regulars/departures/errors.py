"""Ways in which departures say no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class DepartureNotFound(NotFound):
    """There is no such departure, or it is not this person's to see."""

    def __init__(self) -> None:
        super().__init__(_("Nobody wrote down such a departure."))


class LeftInTheFuture(Refusal):
    """Nobody has left on a day that is still to come."""


class ReasonUnheard(Refusal):
    """Whoever told us why gave a reason."""


class DepartureOver(Refusal):
    """It is not what stands any more."""


class DepartureChangedSince(Refusal):
    """It does not stand as the undo found it."""
