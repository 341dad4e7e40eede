from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")
    DEPARTMENT = "department", _("Department")


class PointKind(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    ADDRESS = "address", _("Address")
    SOCIAL = "social", _("Social")


class PointState(models.TextChoices):
    """Only what is usable is written to, called or proposed."""

    USABLE = "usable", _("Usable")
    DOUBTFUL = "doubtful", _("Doubtful")
    BOUNCED = "bounced", _("Bounced")
    STALE = "stale", _("Out of date")


class RelationKind(models.TextChoices):
    """How `of` stands to `to`: Ruth works at the mill."""

    WORKS_AT = "works_at", _("Works at")
    MARRIED_TO = "married_to", _("Married to")
    REFERRED_BY = "referred_by", _("Referred by")
    SERVES = "serves", _("Serves")
    RELATED_TO = "related_to", _("Related to")


# What the other one is to them, seen from the page of `to`.
RELATION_BACK = {
    RelationKind.WORKS_AT: _("Works here"),
    RelationKind.MARRIED_TO: _("Married to"),
    RelationKind.REFERRED_BY: _("Sent to us"),
    RelationKind.SERVES: _("Served by"),
    RelationKind.RELATED_TO: _("Related to"),
}
# Either may be named first: stored once, with the lower number first.
MUTUAL = frozenset({RelationKind.MARRIED_TO, RelationKind.RELATED_TO})


class InterestKind(models.TextChoices):
    INTEREST = "interest", _("Interest")
    NEED = "need", _("Need")


class CustomKind(models.TextChoices):
    """What a field of the business's own holds."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    MONEY = "money", _("Money")
    DAY = "day", _("Date")
    CHOICE = "choice", _("One of a list")
    CHOICES = "choices", _("Several of a list")
    FLAG = "flag", _("Yes or no")
    LINK = "link", _("Link")


class TagColour(models.TextChoices):
    """Steps of the charts' palette, so that both themes have them; the word stands beside."""

    GREY = "grey", _("Grey")
    GREEN = "green", _("Green")
    BLUE = "blue", _("Blue")
    AMBER = "amber", _("Amber")
    RED = "red", _("Red")
    PLUM = "plum", _("Plum")


class Made(models.TextChoices):
    """What somebody made of two who may be one."""

    OPEN = "open", _("Not decided")
    MERGED = "merged", _("Merged")
    APART = "apart", _("Not the same")
