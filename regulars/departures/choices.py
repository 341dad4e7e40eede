from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why somebody left; at most one, the one that weighs most."""

    PRICE = "price", _("Price")
    QUALITY = "quality", _("Quality")
    SERVICE = "service", _("Service")
    MOVED = "moved", _("Moved away")
    COMPETITOR = "competitor", _("Buys elsewhere")
    NEED_GONE = "need_gone", _("Needs it no more")
    CLOSED = "closed", _("We were closed")
    UNKNOWN = "unknown", _("Nobody knows")


class SaidBy(models.TextChoices):
    THEY = "they", _("they told us")
    STAFF = "staff", _("one of us knows")
    GUESSED = "guessed", _("guessed")


class Sureness(models.TextChoices):
    SURE = "sure", _("sure")
    LIKELY = "likely", _("likely")
    MAYBE = "maybe", _("maybe")


class DepartureState(models.TextChoices):
    STANDING = "standing", _("Left")
    CORRECTED = "corrected", _("Written anew since")
    BACK = "back", _("Came back")
    # They told us so themselves, when they were asked why.
    STAYS = "stays", _("Says that they have not left")
