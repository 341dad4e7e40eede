"""Ways in which the library says no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class ArticleNotFound(NotFound):
    """There is no such article."""

    def __init__(self) -> None:
        super().__init__(_("There is no such article."))


class ArticleUnfit(Refusal):
    """An article says what it is and where it is read."""


class FileUnfit(Refusal):
    """What is handed on is a PDF, not too large, and does nothing by itself."""


class SharedAlready(Refusal):
    """Nobody gets the same article twice."""


class MatterOpen(Refusal):
    """First what they wait for, then something to read."""


class NobodyToWriteTo(Refusal):
    """A mailing needs somebody whom the article fits."""


class ShareNotFound(NotFound):
    """Nothing was shared so, or with a customer who is not this person's."""

    def __init__(self) -> None:
        super().__init__(_("There is nothing shared so."), _("It may have been taken back."))


class StatementNotFound(NotFound):
    """There is no such statement."""

    def __init__(self) -> None:
        super().__init__(_("There is no such statement."))


class StatementUnfit(Refusal):
    """A statement is one sentence, and its name stands in texts."""
