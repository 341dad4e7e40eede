"""Ways in which the team says no."""

from regulars.core.errors import Refusal


class LinkNotOpen(Refusal):
    """A one-time link has been used, closed, or has run out."""


class AlreadyOnTheTeam(Refusal):
    """Somebody signs in with this e-mail address already."""


class LastOwner(Refusal):
    """Without this member, nobody could change the business or the team."""


class StillLooksAfterCustomers(Refusal):
    """A member may leave once somebody else looks after their customers."""


class CurrencySettled(Refusal):
    """Amounts are kept in the currency that the business has."""


class AlreadyAway(Refusal):
    """The member is noted as away on some of these days already."""


class CannotCover(Refusal):
    """Somebody who cannot reach the customers of a colleague who is away."""


class AbsenceOutOfRange(Refusal):
    """Days that cannot be an absence: the last before the first, or more than a year of them."""


class DaysAlreadyClosed(Refusal):
    """These days are noted as closed already."""
