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


class Direction(models.TextChoices):
    OUT = "out", _("From us")
    IN = "in", _("From the customer")


class Purpose(models.TextChoices):
    SERVE = "serve", _("Serve")
    ASK = "ask", _("Ask")
    EDUCATE = "educate", _("Educate")
    REASSURE = "reassure", _("Reassure")
    INFORM = "inform", _("Inform")
    RECOVER = "recover", _("Recover")
    THANK = "thank", _("Thank")
    SELL = "sell", _("Sell")


class Outcome(models.TextChoices):
    REACHED = "reached", _("Spoke")
    MESSAGE = "message", _("Left a message")
    SENT = "sent", _("Sent")
    NO_ANSWER = "no_answer", _("No answer")
