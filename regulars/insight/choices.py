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


class TierWhy(models.TextChoices):
    """Why a tier became another."""

    FIRST = "first", _("found by the first count")
    COUNT = "count", _("counted")
    SET = "set", _("set by a person")
    TAKEN_BACK = "taken_back", _("given back to the count")
    ENDED = "ended", _("set until a day that has come")
    GONE = "gone", _("taken off the list")


class TimeUnit(models.TextChoices):
    """In what a model counts time."""

    DAY = "day", _("Day")
    WEEK = "week", _("Week")


class Way(models.TextChoices):
    """Who was counted."""

    FULL = "full", _("Everyone")
    CHANGED = "changed", _("Those whose orders changed")
    DAY = "day", _("Those whose day had come")
