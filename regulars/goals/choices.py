from django.db import models
from django.utils.translation import gettext_lazy as _


class Every(models.TextChoices):
    """How often a fixed cost falls due."""

    MONTH = "month", _("a month")
    QUARTER = "quarter", _("a quarter")
    YEAR = "year", _("a year")


# Months that one payment is for.
MONTHS_OF = {Every.MONTH.value: 1, Every.QUARTER.value: 3, Every.YEAR.value: 12}


class SeasonFrom(models.TextChoices):
    """Where it is known from how strong each month is."""

    BOOKS = "books", _("from our own orders, once they hold two years")
    ENTERED = "entered", _("as entered below, month by month")
    EVEN = "even", _("every day alike")
