"""Ways in which mentions say no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class MentionNotFound(NotFound):
    """There is no such mention, or it is not this person's to see."""

    def __init__(self) -> None:
        super().__init__(_("There is no such mention."))


class MentionUnclear(Refusal):
    """A mention says where it stands, and has a mark or words."""


class MentionInTheFuture(Refusal):
    """What was said was said by now."""


class MentionSettled(Refusal):
    """Somebody has answered it, or set it aside, already."""


class MentionChangedSince(Refusal):
    """It does not stand as the undo found it."""


class CustomerUnknown(Refusal):
    """Only of a customer can there be a case."""


class CustomerGone(Refusal):
    """Whoever was erased or deleted says nothing any more."""
