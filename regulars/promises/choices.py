from django.db import models
from django.utils.translation import gettext_lazy as _


class PromiseState(models.TextChoices):
    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    KEPT_LATE = "kept_late", _("Kept late")
    BROKEN = "broken", _("Broken")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# What has come of a promise, where something has.
DONE = (PromiseState.KEPT, PromiseState.KEPT_LATE, PromiseState.BROKEN)

# The source of what somebody promised themselves.
BY_HAND = "desk"
