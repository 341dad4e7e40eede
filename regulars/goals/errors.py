"""Ways in which break-even and goals say no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotAllowed, NotFound, Refusal


class OnlyOwners(NotAllowed):
    """Costs, margins and goals are the owners' to set."""

    def __init__(self) -> None:
        super().__init__(
            _("Only an owner sets what the business costs and what is to be reached."),
            _("Ask one of them."),
        )


class NotOfTheBusiness(NotAllowed):
    """What the business costs and has to bring is not for this role."""

    def __init__(self) -> None:
        super().__init__(
            _("What the business costs and has to bring is not shown to your role."),
            _("Your own goals stand on their page."),
        )


class RowGone(NotFound):
    """There is no such cost, group or what-if any more."""

    def __init__(self) -> None:
        super().__init__(_("This is not here any more. Somebody took it away."))


class AmountUnclear(Refusal):
    """An amount, a margin or a stretch of days that cannot be."""


class NameTaken(Refusal):
    """Two product groups of one name could not be told apart."""


class GoalNotFound(NotFound):
    """There is no such goal, or not for this person."""

    def __init__(self) -> None:
        super().__init__(_("There is no such goal, or it is not yours to see."))


class NotYourGoal(NotAllowed):
    """Only the one to whom a goal was offered answers for it."""

    def __init__(self) -> None:
        super().__init__(
            _("This goal was offered to somebody else."), _("They say whether they take it.")
        )


class GoalNotPossible(Refusal):
    """A goal that nobody could reach, or nobody could answer for."""


class GoalChanged(Refusal):
    """It is not as it was when the page was opened."""

    def __init__(self) -> None:
        super().__init__(_("This goal has changed meanwhile."), _("Look at it as it stands now."))
