"""Ways in which planning says no."""

from regulars.core.errors import Refusal


class AlreadySettled(Refusal):
    """Someone has acted on this one already; acting again would log a second touch."""


class NothingToUndo(Refusal):
    """There is no action of the list to take back."""


class CannotHandOver(Refusal):
    """This member cannot take this customer over."""


class NotToday(Refusal):
    """What leaves by itself leaves from today's list alone."""


class TextUnfit(Refusal):
    """This text cannot go by itself for this reason."""


class CadenceOutOfRange(Refusal):
    """Every 0 days or every 30 years is not a cadence."""


class CadenceGone(Refusal):
    """Whose cadence it was, is no longer there."""
