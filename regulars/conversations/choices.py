from django.db import models
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    OUT = "out", _("From us")
    IN = "in", _("From the customer")


class Outcome(models.TextChoices):
    REACHED = "reached", _("Spoke")
    MESSAGE = "message", _("Left a message")
    SENT = "sent", _("Sent")
    NO_ANSWER = "no_answer", _("No answer")
