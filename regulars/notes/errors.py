"""Ways in which the note desk says no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class NoteNotFound(NotFound):
    """There is no such note, or it is not this person's to see."""

    def __init__(self) -> None:
        super().__init__(_("There is no such note."))


class PrintingNotFound(NotFound):
    """There is no such printing, or none of its notes is this person's to see."""

    def __init__(self) -> None:
        super().__init__(_("There is no such printing."))


class NoteEmpty(Refusal):
    """A note without words."""


class NoteTooLong(Refusal):
    """More words than a card holds."""


class OfferEnclosed(Refusal):
    """A note to a loyal customer that sells."""


class CannotBeWrittenTo(Refusal):
    """Somebody who has no address, does not want letters, or is left alone."""


class NothingToPrint(Refusal):
    """None of the chosen notes can be printed."""


class NothingToPost(Refusal):
    """None of the chosen notes is on paper."""


class NoteSettledAlready(Refusal):
    """The note has gone further than the one who acts has seen."""


class TooManyNotes(Refusal):
    """More notes at once than a desk holds."""
