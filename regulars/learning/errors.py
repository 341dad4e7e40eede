"""Ways in which learning says no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class ThemeNotFound(NotFound):
    """No theme is called so."""

    def __init__(self) -> None:
        super().__init__(_("There is no such theme."))


class CauseNotFound(NotFound):
    """No cause has this number."""

    def __init__(self) -> None:
        super().__init__(_("There is no such cause."))


class ImprovementNotFound(NotFound):
    """No improvement has this number, or it is not theirs to see."""

    def __init__(self) -> None:
        super().__init__(_("There is no such improvement."))


class ImprovementUnclear(Refusal):
    """An improvement is about something, and says what is done."""


class ImprovementChangedSince(Refusal):
    """It does not stand as the undo found it."""


class ThemeUnclear(Refusal):
    """A theme has a name and words by which it is found."""


class ThemeChangedSince(Refusal):
    """It does not stand as the undo found it."""
