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


class Measure(models.TextChoices):
    """What a mark is a mark of: the three that the field knows, as it asks them.

    Satisfaction: how it was, 1 to 5 (or 0 to 10). Recommendation: how likely they would recommend
    us, 0 to 10 (Reichheld, “The One Number You Need to Grow”, Harvard Business Review 12/2003).
    Effort: how far they agree that we made it easy, 1 to 7 (Dixon, Toman and DeLisi, “The
    Effortless Experience”, 2013).
    """

    SATISFIED = "satisfied", _("How it was")
    RECOMMEND = "recommend", _("Would recommend us")
    EFFORT = "effort", _("We made it easy")


class MarkKind(models.TextChoices):
    """Which marks are asked for: of what, and in which scale."""

    FIVE = "5", _("How it was, 1 to 5")
    TEN = "10", _("How it was, 0 to 10")
    RECOMMEND = "recommend", _("Would they recommend us, 0 to 10 (NPS)")
    EFFORT = "effort", _("Did we make it easy, 1 to 7 (effort)")

    @property
    def measure(self) -> Measure:
        return Measure(self.value) if self.value in Measure.values else Measure.SATISFIED

    @property
    def scale(self) -> int:
        """The best mark."""
        return {"5": 5, "effort": 7}.get(self.value, 10)

    @property
    def worst(self) -> int:
        return 0 if self.scale == 10 else 1

    @classmethod
    def of(cls, measure: str, scale: int) -> "MarkKind":
        if measure == Measure.SATISFIED:
            return cls.FIVE if scale == 5 else cls.TEN
        return cls(measure)


class Doubt(models.TextChoices):
    """Why an answer is set aside: each a rule that is stated where it is shown."""

    SOON = "soon", _("It came within ten seconds of the message: nobody had read that yet.")
    AT_ONCE = "at_once", _("It was sent within a second of the page being opened.")
    NO_PAGE = "no_page", _("It was not sent from our page.")
    TWICE = "twice", _("Two different answers came by one link within two seconds.")
    BY_HAND = "by_hand", _("One of us set it aside.")
