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


# Nothing that we do brings them back: they are thanked, and let go.
# By which the holds are known that keep it so.
OURS = "departure:"
LET_GO = (Reason.MOVED, Reason.NEED_GONE)


class Give(models.TextChoices):
    """What a letter to somebody who left gives, beside what has changed; one of them at most."""

    NOTHING = "nothing", _("Nothing but what has changed")
    DISCOUNT = "discount", _("A lower price, once")
    UPGRADE = "upgrade", _("Something better at the same price")
    MAKE_GOOD = "make_good", _("What makes good what went wrong")


# Together they bring back those who leave again soonest and spend least: Kumar, Bhagat and Zhang,
# “Regaining ‘Lost’ Customers”, J. Marketing 79 (2015).
NEVER_TOGETHER = {Give.DISCOUNT: Give.UPGRADE, Give.UPGRADE: Give.DISCOUNT}
# What fits each reason best, by the same study where it says so; the rest is our own prior.
FITS = {
    Reason.PRICE: Give.DISCOUNT, Reason.QUALITY: Give.MAKE_GOOD, Reason.SERVICE: Give.UPGRADE,
    Reason.COMPETITOR: Give.NOTHING, Reason.CLOSED: Give.NOTHING,
}  # fmt: skip
WON_BACK, FAREWELL = "departures.won_back", "departures.farewell"


class Aim(models.TextChoices):
    """For what something was spent."""

    NEW = "new", _("to find new customers")
    BACK = "back", _("to win back those who left")
