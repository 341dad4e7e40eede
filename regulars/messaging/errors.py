"""Ways in which messaging says no."""

from regulars.core.errors import Refusal


class TextRefused(Refusal):
    """A text cannot be used: which part of it (`what`), and in which line (nought: all of it)."""

    def __init__(self, sentence: str, remedy: str = "", *, what: str = "", line: int = 0) -> None:
        super().__init__(sentence, remedy)
        self.what = what
        self.line = line


class MailingChanged(Refusal):
    """The list or the text is no longer what was looked at."""


class MailingUnfit(Refusal):
    """Something in the text must be mended before it may go to many."""


class MailingNotOpen(Refusal):
    """The mailing is in another state."""


class MessageNotOpen(Refusal):
    """The message is in another state."""


class NoAddress(Refusal):
    """There is no address to which this could go."""


class NoServerYet(Refusal):
    """The mail server or the sender has not been described far enough."""


class HoldOver(Refusal):
    """A hold would end before it began."""


class HoldElsewhere(Refusal):
    """A hold is let go where it was placed, not by itself."""


class ChannelNotCarried(Refusal):
    """Nothing here carries messages by that channel."""
