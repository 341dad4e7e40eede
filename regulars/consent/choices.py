from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """In order of worth."""

    VISIT = "visit", _("Visit")
    CALL = "call", _("Call")
    NOTE = "note", _("Handwritten note")
    EMAIL = "email", _("E-mail")
    TEXT = "text", _("Text")
    CHAT = "chat", _("Chat")
    SOCIAL = "social", _("Social")
    LETTER = "letter", _("Letter")


class Purpose(models.TextChoices):
    SERVE = "serve", _("Serve")
    ASK = "ask", _("Ask")
    EDUCATE = "educate", _("Educate")
    REASSURE = "reassure", _("Reassure")
    INFORM = "inform", _("Inform")
    RECOVER = "recover", _("Recover")
    THANK = "thank", _("Thank")
    SELL = "sell", _("Sell")


class Decision(models.TextChoices):
    GRANTED = "granted", _("Agreed")
    WITHDRAWN = "withdrawn", _("Said no")
    CLAIMED = "claimed", _("A file says yes, without saying when and how")
