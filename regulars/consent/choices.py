from django.db import models
from django.utils.translation import gettext_lazy as _


class Decision(models.TextChoices):
    GRANTED = "granted", _("Agreed")
    WITHDRAWN = "withdrawn", _("Said no")
    CLAIMED = "claimed", _("A file says yes, without saying when and how")
