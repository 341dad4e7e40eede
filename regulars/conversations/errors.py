"""Ways in which conversations say no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class TouchNotFound(NotFound):
    """There is no such touch, or its customer is not this person's."""

    def __init__(self) -> None:
        super().__init__(_("There is no such entry."), _("It may have been taken back elsewhere."))


class TouchInTheFuture(Refusal):
    """What has not happened cannot be written down."""


class TouchTakenBackAlready(Refusal):
    """This touch has been taken back."""
