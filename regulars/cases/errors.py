"""Ways in which cases say no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class CaseNotFound(NotFound):
    """There is no such case, or it is not this person's to see."""

    def __init__(self) -> None:
        super().__init__(_("There is no such case."))


class CaseEmpty(Refusal):
    """A case says what is wrong; an answer says something."""


class CaseOfNobody(Refusal):
    """Whoever was erased has no cases any more."""


class CaseSettledAlready(Refusal):
    """Somebody else was first."""


class CaseStillOpen(Refusal):
    """Nothing was put right yet."""


class NothingToTakeBack(Refusal):
    """The case does not stand as the undo found it."""
