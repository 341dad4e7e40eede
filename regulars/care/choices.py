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


class CheckInState(models.TextChoices):
    """Where the question after a delivery stands."""

    DUE = "due", _("To be asked")
    ASKED = "asked", _("Asked")
    ANSWERED = "answered", _("Answered")
    SILENT = "silent", _("No answer")
    DROPPED = "dropped", _("Not asked")


class AskingWay(models.TextChoices):
    """How somebody is asked after a delivery."""

    CALL = "call", _("By call")
    MESSAGE = "message", _("By message")
    NOBODY = "nobody", _("By nobody")


class WayWhy(models.TextChoices):
    """Why a check-in goes the way it goes, or nobody asks."""

    CORE = "core", _("They are core: one of us calls.")
    MAIL = "mail", _("By mail, to the address that they gave us.")
    NO_MAIL = "no_mail", _("No mail may or can reach them, so one of us calls.")
    NO_CHANNEL = "no_channel", _("There is neither an address nor a number of theirs.")
    CASE = "case_open", _("A case of theirs is open: nobody asks how it went before it is right.")
    LATELY = "asked_lately", _("They were asked a short while ago.")
    GONE = "gone", _("They are not on the list any more.")
    CANCELLED = "cancelled", _("The order was cancelled or taken back.")
    SWITCHED_OFF = "off", _("Nobody is asked about this product.")
    TOO_LATE = "too_late", _("It arrived so long ago that asking would seem odd.")
    NOT_CALLED = "not_called", _("Nobody got round to calling in time.")
    NOT_SENT = "not_sent", _("The message did not leave or came back, and there is no number.")
    BY_HAND = "by_hand", _("One of us decided that nobody asks.")


class DelayWhy(models.TextChoices):
    """How we know on which day something arrived that no file tells."""

    BY_HAND = "by_hand", _("One of us said so.")
    PRODUCT_WAY = "both", _("So long this product takes by this way.")
    PRODUCT = "product", _("So long this product takes.")
    WAY = "way", _("So long deliveries by this way take.")
    ALL = "all", _("So long deliveries take with us.")
    AT_ONCE = "at_once", _("Taken along, or sent down the line: they have it at once.")
    PROMISED = "promised", _("The day that was promised.")
    ASSUMED = "assumed", _("Nobody knows yet: this is what Regulars comes with.")


class Heard(models.TextChoices):
    """By which way an answer came."""

    LINK = "link", _("By their link")
    PHONE = "phone", _("By phone")
    MAIL = "mail", _("By mail")
    SHOP = "shop", _("In the shop")
    IMPORT = "import", _("From a file")


class Doubt(models.TextChoices):
    """Why an answer is set aside: each a rule that is stated where it is shown."""

    SOON = "soon", _("It came within ten seconds of the message: nobody had read that yet.")
    AT_ONCE = "at_once", _("It was sent within a second of the page being opened.")
    NO_PAGE = "no_page", _("It was not sent from our page.")
    TWICE = "twice", _("Two different answers came by one link within two seconds.")
    BY_HAND = "by_hand", _("One of us set it aside.")
