from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.customers.choices import PointKind


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


# The three that count most: somebody gives their own time for them.
PERSONAL = (Channel.VISIT, Channel.CALL, Channel.NOTE)

# By which kind of point a channel reaches somebody; the others need none that we keep.
POINT_OF: Mapping[Channel, PointKind] = {
    Channel.VISIT: PointKind.ADDRESS,
    Channel.CALL: PointKind.PHONE,
    Channel.NOTE: PointKind.ADDRESS,
    Channel.EMAIL: PointKind.EMAIL,
    Channel.TEXT: PointKind.PHONE,
    Channel.LETTER: PointKind.ADDRESS,
}


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


class Ground(models.TextChoices):
    """On what a message rests. Not legal advice; see `grounds.py`."""

    CONTRACT = "contract", _("It belongs to what they bought or asked for")
    LEGAL_DUTY = "legal_duty", _("The law asks us to tell them")
    INTEREST = "interest", _("They may expect it from us, and can object")
    CUSTOMER = "customer", _("They bought from us, and can object")
    CONSENT = "consent", _("They agreed to it")
    UNKNOWN = "unknown", _("Nobody has decided")


class Stopped(models.TextChoices):
    BOUNCED = "bounced", _("The address does not exist")
    FULL = "full", _("The mailbox kept refusing")
    COMPLAINED = "complained", _("They complained to their mail provider")
    LEGAL = "legal", _("A lawyer or an authority told us to stop")
    ERASED = "erased", _("They asked to be forgotten")
    STAFF = "staff", _("Somebody here stopped it")
