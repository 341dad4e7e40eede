"""Ways in which bulletins say no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class BulletinNotFound(NotFound):
    """There is no such bulletin, or no such version of it."""

    def __init__(self) -> None:
        super().__init__(_("There is no such bulletin."), _("Choose one from the list."))


class BulletinMoved(Refusal):
    """Somebody else has published or changed the words since they were looked at."""


class BulletinClosed(Refusal):
    """Nothing more is said in a bulletin that is closed."""


class TextTooLong(Refusal):
    """More than a page that an old phone can read."""


class UpdateNotAhead(Refusal):
    """The next update is promised for a moment that is not to come."""


class NothingSaid(Refusal):
    """A bulletin of which every box is empty says nothing."""


class NothingCorrected(Refusal):
    """A correction must name words that were really there."""


class DrillOnly(Refusal):
    """A drill's bulletin reaches nobody."""


class NotSending(Refusal):
    """There is nothing to send, or nothing to stop."""
