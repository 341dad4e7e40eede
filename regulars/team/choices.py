from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.core import actor


class Role(models.TextChoices):
    OWNER = actor.OWNER, _("Owner")
    MANAGER = actor.MANAGER, _("Manager")
    HELPER = actor.HELPER, _("Helper")
    VIEWER = actor.VIEWER, _("Viewer")
