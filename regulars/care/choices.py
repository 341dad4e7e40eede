from django.db import models
from django.utils.translation import gettext_lazy as _


class Matter(models.TextChoices):
    """What somebody may expect of us now."""

    SAFETY = "safety", _("Safety")
    DELIVERY = "delivery", _("Delivery and stock")
    HOURS = "hours", _("Opening hours")
    PAYMENT = "payment", _("Payment and money back")
    CONTACT = "contact", _("Somebody to talk to")
    PRICE = "price", _("Prices")
    OTHER = "other", _("Something else")


class Source(models.TextChoices):
    """How we know."""

    LINK = "link", _("They answered by their link")
    STAFF = "staff", _("They told one of us")
