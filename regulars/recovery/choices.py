"""How somebody stands who was a customer before it happened."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReturnState(models.TextChoices):
    BACK = "back", _("back")
    WAITING = "waiting", _("not due yet")
    OVERDUE = "overdue", _("overdue")
