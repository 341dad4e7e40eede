"""Ways in which consent says no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotAllowed, NotFound, Refusal


class ProofMissing(Refusal):
    """A yes without what shows that it was given."""


class SuppressionNotFound(NotFound):
    """This address is not closed, or not one of theirs."""

    def __init__(self) -> None:
        super().__init__(_("This address is not closed."))


class NotLifted(Refusal):
    """This suppression is not ours to lift."""


class WishUnclear(Refusal):
    """A wish that cannot be kept as it was written."""


class GroundUnfit(Refusal):
    """A ground on which this purpose cannot rest."""


class OnlyOwners(NotAllowed):
    """What an owner alone decides."""


class AddressUnreadable(Refusal):
    """No address that a confirmation could be sent to."""


class OnlyLooking(NotAllowed):
    """Whoever may look and change nothing."""

    def __init__(self) -> None:
        super().__init__(_("You may look, and change nothing."), _("An owner can change that."))


class NotInCare(NotAllowed):
    """A customer whom somebody else looks after."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("Only whoever looks after %(name)s, or an owner, may do this.") % {"name": name}
        )


class OptInClosed(Refusal):
    """What was asked for was not confirmed in time."""
