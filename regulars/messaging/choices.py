from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a message is. Only `outbox.transition` moves one (RELIABILITY M2)."""

    READY = "ready", _("Waiting to leave")
    HELD = "held", _("Held for later")
    CLAIMED = "claimed", _("About to leave")
    SENDING = "sending", _("Leaving now")
    ACCEPTED = "accepted", _("Handed over")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Came back")
    COMPLAINED = "complained", _("Complained about")
    SUPPRESSED = "suppressed", _("Not sent: we may not")
    EXPIRED = "expired", _("Not sent: too late")
    CANCELLED = "cancelled", _("Taken back")
    FAILED = "failed", _("Not sent: it failed")
    UNKNOWN = "unknown", _("Nobody knows whether it left")
    UNKNOWN_CLOSED = "closed", _("Nobody knows whether it left; not sent again")


WAITING = (State.READY, State.HELD)
OPEN = (*WAITING, State.CLAIMED, State.SENDING)
REACHED = (State.ACCEPTED, State.DELIVERED)


# A text message as it is written, fields and all: with who sends it and the way out two texts long.
LONGEST_SHORT = 200


class MailingState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Going out")
    PAUSED = "paused", _("Paused")
    CANCELLED = "cancelled", _("Stopped for good")


class Result(models.TextChoices):
    """How one attempt ended (RELIABILITY M4)."""

    ACCEPTED = "accepted", _("Handed over")
    NOT_SENT = "not_sent", _("Certainly not sent; tried again")
    REFUSED = "refused", _("Certainly not sent; final")
    IN_DOUBT = "in_doubt", _("Nobody knows")


class HoldKind(models.TextChoices):
    CASE = "case", _("They wait for our answer")
    BEREAVEMENT = "bereavement", _("A bereavement")
    CRISIS = "crisis", _("We are in trouble ourselves")
    OTHER = "other", _("Somebody here asked for it")


class Holds(models.TextChoices):
    """What a hold stops."""

    SELLING = "selling", _("What sells")
    OFFERED = "offered", _("Everything they did not ask for")
    ALL = "all", _("Everything")


class ServerKind(models.TextChoices):
    FILE = "file", _("Into files, for trying out")
    SMTP = "smtp", _("Mail server")


class Security(models.TextChoices):
    STARTTLS = "starttls", _("STARTTLS (usual, port 587)")
    TLS = "tls", _("TLS from the start (port 465)")
    NONE = "none", _("None (only on this computer)")
