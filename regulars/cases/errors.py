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


class WordsNotEnough(Refusal):
    """Sorry a second time, with nothing in the hand."""


class PromiseWithoutDay(Refusal):
    """Betterment that nobody can see kept."""


class MakeGoodUnclear(Refusal):
    """What is given has a cost in our own currency."""


class MakeGoodSettled(Refusal):
    """Somebody has said yes or no already."""


class BudgetUnclear(Refusal):
    """A budget is nought or more."""


class LevelUnclear(Refusal):
    """Answering comes before putting it right."""


class PerkOfAnother(Refusal):
    """A perk is for customers of its tier."""


class NotTold(Refusal):
    """There is nothing to tell yet, or it was told."""
