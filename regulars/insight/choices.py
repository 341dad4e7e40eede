from django.db import models
from django.utils.translation import gettext_lazy as _

# “Soon” on every page and list.
AHEAD_DAYS = 60


class Tier(models.TextChoices):
    CORE = "core", _("Core")
    ACTIVE = "active", _("Active")
    NEW = "new", _("New")
    SLIPPING = "slipping", _("Slipping")
    LAPSED = "lapsed", _("Lapsed")
    LOST = "lost", _("Lost")
