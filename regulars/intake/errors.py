"""Ways in which bringing in files says no."""

from regulars.core.errors import Refusal


class ImportNotOpen(Refusal):
    """This import is past the step that was asked for."""


class ImportNotFound(Refusal):
    """There is no such import."""
