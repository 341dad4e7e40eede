from django.db import models
from django.utils.translation import gettext_lazy as _


class Box(models.TextChoices):
    """What is written; the fourth box is a moment, and no text."""

    KNOWN = "known", _("What we know")
    NOT_KNOWN = "not_known", _("What we do not know yet")
    DOING = "doing", _("What we are doing")


class By(models.TextChoices):
    """How somebody who cannot be written to is told."""

    CALL = "call", _("A call")
    LETTER = "letter", _("A letter")


# How long before "next update by" its author is reminded; sooner where the whole time is shorter.
WARNED_HOURS = 3
