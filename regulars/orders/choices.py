from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderKind(models.TextChoices):
    SALE = "sale", _("Sale")
    CANCELLATION = "cancellation", _("Cancellation")
    ADJUSTMENT = "adjustment", _("Adjustment")
