from django.db import models
from django.utils.translation import gettext_lazy as _


class Mood(models.TextChoices):
    """How a text speaks of a theme."""

    BAD = "bad", _("Not right")
    GOOD = "good", _("Praised")
    PLAIN = "plain", _("Spoken of")


class TextKind(models.TextChoices):
    """Where customers' words are from."""

    ANSWER = "answer", _("How it went")
    CASE = "case", _("A complaint")
    HELP = "help", _("A help request")
    PUBLIC = "public", _("Said in public")
