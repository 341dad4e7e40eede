from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemState(models.TextChoices):
    OPEN = "open", _("To do")
    DONE = "done", _("Done")
    SNOOZED = "snoozed", _("Later")
    NOT_NOW = "not_now", _("Not now")
    HANDED_OVER = "handed_over", _("Handed over")
    WAITING = "waiting", _("Can wait")
