"""Ways in which asking and helping say no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class HelpNotFound(NotFound):
    """There is no such help request, or it is not this person's to see."""

    def __init__(self) -> None:
        super().__init__(_("There is no such help request."))


class NeedUnclear(Refusal):
    """A help request says what it is about."""


class DueInThePast(Refusal):
    """What somebody waits for is done at a moment to come."""


class OutcomeMissing(Refusal):
    """A help request ends when we came back to the customer, with words."""


class HelpOverAlready(Refusal):
    """Nothing waits here any more."""


class HelpChangedSince(Refusal):
    """It does not stand as the undo found it."""
