"""Ways in which care says no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class MatterUnclear(Refusal):
    """Something else needs words."""


class TooManyProducts(Refusal):
    """What matters to one customer is said of a few products, not of all there are."""


class ExpectationNotFound(NotFound):
    """There is no such answer, or its customer is not this person's."""

    def __init__(self) -> None:
        super().__init__(_("There is no such answer."), _("It may have been taken back elsewhere."))


class NotTheNewest(Refusal):
    """Only the newest answer is taken back."""


class AnswerNotFound(NotFound):
    """There is no such answer of a check-in, or its customer is not this person's."""

    def __init__(self) -> None:
        super().__init__(_("There is no such answer."), _("It may have been taken back elsewhere."))


class MarkOutside(Refusal):
    """A mark that the scale does not have."""


class AnswerEmpty(Refusal):
    """Neither a word nor a mark."""


class AnswerTooLong(Refusal):
    """More than is kept."""


class AnswerSettled(Refusal):
    """The days in which it could be changed are over."""


class AnswerOfNobody(Refusal):
    """Its customer was erased."""


class NothingBefore(Refusal):
    """What a customer said themselves is not taken back by us."""


class DelayNotFound(NotFound):
    """There is no such delay any more."""

    def __init__(self) -> None:
        super().__init__(
            _("Nobody knows this delay any more."), _("Load the page again, and say it anew.")
        )


class DelayOutside(Refusal):
    """A number of days that no delivery takes."""


class QuestionsNotFound(NotFound):
    """There is no such set of questions."""

    def __init__(self) -> None:
        super().__init__(_("There are no such questions."), _("Somebody may have changed them."))


class QuestionsTwice(Refusal):
    """Something is said of this product already."""


class QuestionsUnclear(Refusal):
    """Of no product, or of too many, or too much is asked."""


class CheckInNotFound(NotFound):
    """There is no such check-in, or its customer is not this person's."""

    def __init__(self) -> None:
        super().__init__(_("There is no such check-in."), _("Its customer may have been erased."))


class CheckInPast(Refusal):
    """It has been asked, answered or left out by somebody else meanwhile."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody, or the daily round, has dealt with this check-in meanwhile."),
            _("Load the page again to see how it stands."),
        )
