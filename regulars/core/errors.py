"""Ways in which the business says no."""

from django.utils.translation import gettext as _


class Refusal(Exception):
    """The business says no, in a sentence, with what to do next.

    Screens answer 422, the API 409, the command line exit code 1.
    """

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(f"{sentence} {remedy}".strip())
        self.sentence = sentence
        self.remedy = remedy


class NotAllowed(Refusal):
    """This person may not do this; the sentence says who may. Screens answer 403."""


class HiddenFromRole(NotAllowed):
    """This page tells of what an owner hid from the role of whoever asks."""

    def __init__(self) -> None:
        super().__init__(
            _("This page tells of what is hidden from your role."), _("An owner can show it.")
        )


class NotFound(Refusal):
    """There is no such thing, or not for this person. Screens answer 404."""
