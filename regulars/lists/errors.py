"""Ways in which a list says no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotAllowed, NotFound, Refusal


class FilterNotPossible(Refusal):
    """A filter asks for something that there is not, or in a way that means nothing."""


class ViewNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(_("There is no such view, or it is not yours to open."))


class SegmentNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(_("There is no such segment, or it is not yours to open."))


class NameTaken(Refusal):
    """Two things of one list would be called alike."""


class NotYoursToChange(NotAllowed):
    """A view or a segment that somebody else keeps."""
