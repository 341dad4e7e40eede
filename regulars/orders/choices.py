from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderKind(models.TextChoices):
    SALE = "sale", _("Sale")
    CANCELLATION = "cancellation", _("Cancellation")
    ADJUSTMENT = "adjustment", _("Adjustment")


class CreditKind(models.TextChoices):
    """What happened to somebody's store credit."""

    GRANTED = "granted", _("Granted")
    SPENT = "spent", _("Spent")
    TAKEN_BACK = "taken_back", _("Taken back")
    RETURNED = "returned", _("Spent by mistake, given back")


# What makes it more.
GIVING = (CreditKind.GRANTED, CreditKind.RETURNED)
