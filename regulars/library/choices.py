from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.messaging.choices import State

# A message of these never reached anybody, so that the article is still theirs to have.
NEVER_REACHED = (
    State.CANCELLED, State.SUPPRESSED, State.EXPIRED, State.FAILED, State.BOUNCED,
)  # fmt: skip
# By this name texts say the link of each customer to the PDF of an article.
LINK_MARK = "article_url"
# Under this name mailings keep that they go to those whom an article fits.
WHOM_IT_FITS = "library-article"


class ArticleKind(models.TextChoices):
    """Where an article is read."""

    TEXT = "text", _("A text of our own")
    LINK = "link", _("A page elsewhere")
    PDF = "pdf", _("A PDF")
    VIDEO = "video", _("A video")


class Because(models.TextChoices):
    """Why somebody would thank us: what they said, before what they bought."""

    NEED = "need", _("They need it")
    INTEREST = "interest", _("They care about it")
    BOUGHT = "bought", _("They bought it")


class Answer(models.TextChoices):
    """What came back."""

    READ = "read", _("Read it")
    LIKED = "liked", _("Thanked us")
    NOT_THEIRS = "not_theirs", _("Not for them")


class ProofKind(models.TextChoices):
    """What shows that a claim is true."""

    WORDS = "words", _("What a customer said")
    PROMISES = "promises", _("Promises kept")
    FACT = "fact", _("A fact that anybody can check")
