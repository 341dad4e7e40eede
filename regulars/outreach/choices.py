from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Purpose

# Under this name mailings keep that they go to those whom a campaign writes to.
CAMPAIGN_AUDIENCE = "outreach-campaign"
# What a campaign may be for: what makes good or reassures is done one by one, by a person.
PURPOSES = (Purpose.ASK, Purpose.INFORM, Purpose.THANK, Purpose.EDUCATE, Purpose.SERVE,
            Purpose.SELL)  # fmt: skip


class CampaignKind(models.TextChoices):
    """What everybody in it gets."""

    MESSAGE = "message", _("A message")
    OFFER = "offer", _("A wave of an offer")
    WIN_BACK = "win_back", _("A letter to those who left")


class Means(models.TextChoices):
    """How they hear of it."""

    MESSAGE = "message", _("By message")
    CALL = "call", _("By calls, which come onto Today")
    BOTH = "both", _("Calls to those worth the most, a message to the others")


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("Being written")
    RUNNING = "running", _("Going on")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped for good")


# Under this name mailings keep that they ask those who would want to help.
WOULD_HELP = "outreach-would-help"


class WayKind(models.TextChoices):
    """How customers can help after an interruption; no points for any of it."""

    VOUCHER = "voucher", _("A voucher bought ahead")
    PREORDER = "preorder", _("An order placed ahead")
    REFERRAL = "referral", _("Telling others of us")
    BULLETIN = "bulletin", _("Passing our news on")
