from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    CORE = "core", _("Core")
    ACTIVE = "active", _("Active")
    NEW = "new", _("New")
    SLIPPING = "slipping", _("Slipping")
    LAPSED = "lapsed", _("Lapsed")
    LOST = "lost", _("Lost")
