"""Ways in which taking something out is refused."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class ExportNotFound(NotFound):
    """There is no such export, or it is somebody else's: nobody may tell which from outside."""

    def __init__(self) -> None:
        super().__init__(
            _("There is no such export."),
            _("Only who asked for a file may open it, and for one day. Ask for it again."),
        )


class ExportGone(NotFound):
    """The day for which the file was kept is over."""

    def __init__(self) -> None:
        super().__init__(
            _("This file is not kept any more."), _("Ask for it again: it is made anew.")
        )


class FormatCannot(Refusal):
    """This format cannot hold what was asked for."""


class NotPosted(Refusal):
    """These letters cannot be said to be in the post, or to be out of it again."""


class NothingToExport(Refusal):
    """Whoever was chosen is not on the list any more."""
