from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseKind(models.TextChoices):
    """What somebody waits for our answer about."""

    COMPLAINT = "complaint", _("Complaint")
    FAULT = "fault", _("Fault")
    QUESTION = "question", _("Question")


class CaseState(models.TextChoices):
    OPEN = "open", _("Waits for an answer")
    ANSWERED = "answered", _("Answered, not yet put right")
    RESOLVED = "resolved", _("Put right, we think")
    RIGHT = "right", _("Right, they say")


class Entry(models.TextChoices):
    """What is written down in the course of a case."""

    OPENED = "opened", _("Opened")
    NOTE = "note", _("Note")
    HEARD = "heard", _("They said more")
    ANSWERED = "answered", _("Answered")
    RESOLVED = "resolved", _("Put right")
    RIGHT = "right", _("They say that it is right")
    REOPENED = "reopened", _("Opened again")
    TAKEN_OVER = "taken_over", _("Given to a colleague")
    GAVE = "gave", _("Given to put it right")
    ASKED = "asked", _("Asked for a yes")
    TOLD = "told", _("Told")
    DESCRIBED = "described", _("Described anew")


class MakeGoodKind(models.TextChoices):
    """What was given to put it right."""

    REFUND = "refund", _("Money back")
    REPLACEMENT = "replacement", _("Replacement")
    CREDIT = "credit", _("Store credit")
    GIFT = "gift", _("Gift")
    VISIT = "visit", _("Visit")
    WORDS = "words", _("Words alone")


class MakeGoodState(models.TextChoices):
    ASKED = "asked", _("Waits for a yes")
    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Not approved")
    TAKEN_BACK = "taken_back", _("Taken back")


# Somebody waits for us.
WAITING = (CaseState.OPEN, CaseState.ANSWERED)

# The source of what somebody opened themselves.
BY_HAND = "desk"

# How long customers of a tier wait for a first answer, and until it is put right: minutes during
# opening hours. Our own priors: whoever would be missed most waits least; an owner changes them.
HOUR, DAY = 60, 8 * 60
LEVELS: dict[str, tuple[int, int]] = {
    "core": (2 * HOUR, DAY),
    "active": (4 * HOUR, 2 * DAY),
    "new": (4 * HOUR, 2 * DAY),
    "slipping": (2 * HOUR, DAY),
    "lapsed": (DAY, 3 * DAY),
    "lost": (DAY, 3 * DAY),
}
