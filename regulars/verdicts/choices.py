from django.db import models
from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Channel, Purpose

# Only what asks or sells may be kept from somebody by lot, and only where no person does it: what
# serves, thanks, reassures, informs or makes good is never withheld, nor a visit, a call or a note.
LEAVABLE_PURPOSES = (Purpose.SELL, Purpose.ASK)
LEAVABLE_CHANNELS = (Channel.EMAIL, Channel.TEXT)


class Word(models.TextChoices):
    """What a control group says of what we did."""

    HELPED = "helped", _("Helped")
    HURT = "hurt", _("Hurt")
    CANNOT_TELL = "cannot", _("Cannot tell yet")
