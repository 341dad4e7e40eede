"""Ways in which care says no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class MatterUnclear(Refusal):
    """Something else needs words."""


class ExpectationNotFound(NotFound):
    """There is no such answer, or its customer is not this person's."""

    def __init__(self) -> None:
        super().__init__(_("There is no such answer."), _("It may have been taken back elsewhere."))


class NotTheNewest(Refusal):
    """Only the newest answer is taken back."""
