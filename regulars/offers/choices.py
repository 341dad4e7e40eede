from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.insight.choices import Tier

# Under this name mailings keep that they go to those whom a wave means.
WAVE_AUDIENCE = "offers-wave"
# Who comes before whom: a wave for somebody further down never opens before one for those above.
PLACES = {
    Tier.CORE: 0, Tier.ACTIVE: 1, Tier.NEW: 2, Tier.SLIPPING: 2, Tier.LAPSED: 3, Tier.LOST: 3,
}  # fmt: skip
# A segment stands beside the active ones, the public behind everybody.
PLACE_OF_SEGMENT, PLACE_OF_PUBLIC = 1, 9


class ValueKind(models.TextChoices):
    PERCENT = "percent", _("A share of the price off")
    AMOUNT = "amount", _("An amount off")
    GIFT = "gift", _("Something beside it, for nothing")


class CodeKind(models.TextChoices):
    PERSONAL = "personal", _("Each customer has a code of their own")
    SHARED = "shared", _("One code for everybody, used under the customer’s name")


class Way(models.TextChoices):
    """How whoever a wave means may be told of it. Their own page shows it in any case."""

    EMAIL = "email", _("By e-mail")
    LETTER = "letter", _("By letter")
    CALL = "call", _("By a call")


# Under which column a wave keeps each.
COLUMN_OF = {Way.EMAIL: "by_email", Way.LETTER: "by_letter", Way.CALL: "by_call"}


class Standing(models.TextChoices):
    """Where an offer stands."""

    DRAFT = "draft", _("Being written")
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    OVER = "over", _("Over")


class Staged(models.TextChoices):
    """What a line of a file says, before it comes in."""

    OFFER = "offer", _("An offer that is over")
    CHOSEN = "chosen", _("Whom it was for")
    USE = "use", _("That it was used")
