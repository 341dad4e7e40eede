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


class ThemeUnclear(Refusal):
    """A theme has a name and words by which it is found."""


class ThemeChangedSince(Refusal):
    """It does not stand as the undo found it."""
