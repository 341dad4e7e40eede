from django.db import models
from django.utils.translation import gettext_lazy as _


class HelpState(models.TextChoices):
    OPEN = "open", _("Waits for us")
    DONE = "done", _("We came back")
    NOTHING = "nothing", _("Nothing now, thank you")
    WITHDRAWN = "withdrawn", _("Not needed any more")


class Source(models.TextChoices):
    STAFF = "staff", _("told to one of us")
    LINK = "link", _("on the page we sent them")


class Need(models.TextChoices):
    """What people often need; whatever else it is, they say in their words."""

    CHOOSING = "choosing", _("Choosing what fits")
    USING = "using", _("Using what I have")
    ORDER = "order", _("An order or a delivery")
    VISIT = "visit", _("Somebody to call or visit me")
    OTHER = "other", _("Something else")
