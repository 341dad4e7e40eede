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


class Whom(models.TextChoices):
    """Which customers, or which goods, a goal is about."""

    EVERYBODY = "all", _("everybody")
    TIER = "tier", _("a tier")
    SEGMENT = "segment", _("a segment")
    REGION = "region", _("a place")
    GOODS = "goods", _("a product group")


class Counts(models.TextChoices):
    """Which of their orders count."""

    ALL = "all", _("all that they buy")
    OWN = "own", _("what those buy whom the one who has the goal looks after")
    SOLD = "sold", _("what the one who has the goal sold themself, whoever bought it")


# Without somebody who has the goal, nothing counts.
OF_ONE = (Counts.OWN, Counts.SOLD)


class Answer(models.TextChoices):
    """What the one to whom a goal was offered said."""

    OFFERED = "offered", _("not answered yet")
    ACCEPTED = "accepted", _("accepted")
    RETURNED = "returned", _("handed back")


class Place(models.TextChoices):
    """How wide a place is, as an address has it."""

    COUNTRY = "country", _("country")
    REGION = "region", _("region")
    CITY = "city", _("town")
    # Of whoever sold, and not of whoever bought: it stands with those who sell.
    AREA = "area", _("sales region")


class SplitBy(models.TextChoices):
    """By what break-even is shared out."""

    TIER = "tier", _("tiers")
    GOODS = "goods", _("what is sold")
    MANAGER = "manager", _("who looks after them")
    PLACE = "place", _("where they live")
    SELLER = "seller", _("who sold it")
    AREA = "area", _("sales regions")
