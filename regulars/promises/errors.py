"""Ways in which promises say no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class PromiseNotFound(NotFound):
    """There is no such promise, or it is not this person's to see."""

    def __init__(self) -> None:
        super().__init__(_("There is no such promise."))


class PromiseEmpty(Refusal):
    """A promise says something."""


class PromiseForThePast(Refusal):
    """What is due already cannot be promised any more."""


class PromiseStandsAlready(Refusal):
    """One occasion has one open promise."""


class PromiseKeptElsewhere(Refusal):
    """What a bulletin promised is kept by its next update."""


class PromiseSettledAlready(Refusal):
    """Something has come of this promise."""


class TooLateToWithdraw(Refusal):
    """A promise that is due is kept or broken."""


class NothingToTakeBack(Refusal):
    """The promise does not stand as the undo found it."""
