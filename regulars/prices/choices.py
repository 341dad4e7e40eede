from django.db import models
from django.utils.translation import gettext_lazy as _


class PriceKind(models.TextChoices):
    LIST = "list", _("What everybody pays")
    COUPON = "coupon", _("With a coupon that anybody may have")
    QUOTE = "quote", _("Told to one customer")


class Tax(models.TextChoices):
    """How a price stands to the amounts of our orders."""

    SAME = "same", _("As in our orders")
    WITH = "with", _("With tax; our orders are without")
    WITHOUT = "without", _("Without tax; our orders are with it")


class Remedy(models.TextChoices):
    """How it is made right for an old customer."""

    CREDIT = "credit", _("Give each the difference as store credit")
    CODE = "code", _("Give each a code of an offer")
    NOTE = "note", _("Only tell them, before they notice")


class Standing(models.TextChoices):
    PLANNED = "planned", _("planned")
    COMING = "coming", _("published")
    OPEN = "open", _("holds")
    OVER = "over", _("over")
    ASIDE = "aside", _("set aside")


class ShopKind(models.TextChoices):
    """What gives the shop's list."""

    WOOCOMMERCE = "woocommerce", _("a WooCommerce shop")
    SHOPIFY = "shopify", _("a Shopify shop")
    FEED = "feed", _("a product feed")


class LookState(models.TextChoices):
    LOOKING = "looking", _("being asked")
    SEEN = "seen", _("looked at")
    TAKEN = "taken", _("taken")
    HELD = "held", _("nothing changed")
    FAILED = "failed", _("not reached")


# What lowers what somebody paid, for all later comparing; to be told of it does not.
GIVING = (Remedy.CREDIT, Remedy.CODE)
