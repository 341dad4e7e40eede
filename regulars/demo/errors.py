"""Ways in which the sample business says no."""

from regulars.core.errors import Refusal


class CustomersAreHere(Refusal):
    """The instance has a list of its own; invented people must not be mixed into it."""


class DayToCome(Refusal):
    """Nothing can be counted as of a day that is not here."""
