"""Ways in which conversations say no."""

from regulars.core.errors import NotFound, Refusal


class TouchNotFound(NotFound):
    """There is no such touch, or its customer is not this person's."""


class TouchInTheFuture(Refusal):
    """What has not happened cannot be written down."""


class TouchTakenBackAlready(Refusal):
    """This touch has been taken back."""
