"""Ways in which departures say no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotAllowed, NotFound, Refusal


class DepartureNotFound(NotFound):
    """There is no such departure, or it is not this person's to see."""

    def __init__(self) -> None:
        super().__init__(_("Nobody wrote down such a departure."))


class LeftInTheFuture(Refusal):
    """Nobody has left on a day that is still to come."""


class DepartmentStays(Refusal):
    """A department of ours is no customer who can leave."""

    def __init__(self) -> None:
        super().__init__(
            _("A department of ours does not leave."),
            _("If it is no department any more, change that on its page first."),
        )


class ReasonUnheard(Refusal):
    """Whoever told us why gave a reason."""


class DepartureOver(Refusal):
    """It is not what stands any more."""


class DepartureChangedSince(Refusal):
    """It does not stand as the undo found it."""


class NoSuchReason(NotFound):
    """Nobody leaves for a reason of that name."""

    def __init__(self) -> None:
        super().__init__(_("There is no such reason."), _("Choose one on “Who left and why”."))


class ChangeNotFound(NotFound):
    """There is no such change."""

    def __init__(self) -> None:
        super().__init__(_("Nobody wrote that down."))


class OnlyWinners(NotAllowed):
    """Whoever writes to many says what goes to them."""

    def __init__(self) -> None:
        super().__init__(
            _("Only an owner or a manager writes to those who left, and says what has changed."),
            _("Ask one of them."),
        )


class ChangeStillToCome(Refusal):
    """What is still to come has changed nothing."""


class NotToBeWonBack(Refusal):
    """They moved, need it no more, or nobody knows why they left."""


class NothingChanged(Refusal):
    """Whoever comes back to the same leaves again."""


class GiftUnclear(Refusal):
    """What changed, or what they get, is not said in a sentence."""


class NobodyToWinBack(Refusal):
    """There is nobody whom such a letter may go to."""


class NotToBeLetGo(Refusal):
    """Something that we do may bring them back."""


class SpentNotFound(NotFound):
    """There is no such row."""

    def __init__(self) -> None:
        super().__init__(_("Nobody wrote that down."))


class SpendUnclear(Refusal):
    """What was spent, on what or when is not said."""
