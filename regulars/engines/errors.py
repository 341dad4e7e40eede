"""Ways an engine says no."""

from django.utils.translation import gettext as _

from regulars.core.errors import Refusal


class UnknownEngine(Refusal):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(
            _("There is no engine called “%(name)s”.") % {"name": name},
            _("Choose one of these: %(known)s.") % {"known": ", ".join(known)},
        )


class ClerkFailed(RuntimeError):
    """The process that reads and writes the database for the engines ended with an error."""
