from django.db import models
from django.utils.translation import gettext_lazy as _


class Mood(models.TextChoices):
    """How a text speaks of a theme."""

    BAD = "bad", _("Not right")
    GOOD = "good", _("Praised")
    PLAIN = "plain", _("Spoken of")


class About(models.TextChoices):
    """What an improvement is to make rarer."""

    CAUSE = "cause", _("A cause of complaints")
    THEME = "theme", _("A theme that is not right")


class Stage(models.TextChoices):
    """How far an improvement is."""

    PLANNED = "planned", _("Planned")
    DOING = "doing", _("Under way")
    DONE = "done", _("Done")
    LEFT = "left", _("Left")


class Fell(models.TextChoices):
    """Whether what an improvement is about became rarer."""

    FELL = "fell", _("It fell")
    ROSE = "rose", _("It rose")
    CANNOT = "cannot", _("Cannot tell")
    FEW = "few", _("Too few to tell")


class TextKind(models.TextChoices):
    """Where customers' words are from."""

    ANSWER = "answer", _("How it went")
    CASE = "case", _("A complaint")
    HELP = "help", _("A help request")
    PUBLIC = "public", _("Said in public")
