from django.db import models
from django.utils.translation import gettext_lazy as _


class MentionState(models.TextChoices):
    WAITING = "waiting", _("Waits for an answer")
    ANSWERED = "answered", _("Answered")
    ASIDE = "aside", _("Set aside")
    PAST = "past", _("From before we began")


class Match(models.TextChoices):
    """How we know whose words they are."""

    NONE = "", _("nobody knows yet")
    EMAIL = "email", _("by their e-mail address")
    HANDLE = "handle", _("by a handle that somebody here knew")
    PERSON = "person", _("somebody here knew")


class Aside(models.TextChoices):
    OTHER = "other", _("It is about another business")
    SPAM = "spam", _("It is spam")
    ENOUGH = "enough", _("It needs no answer")


# What never was about us: it counts nowhere.
NOT_OURS = (Aside.OTHER, Aside.SPAM)

# Marks at which somebody is unhappy, by scale. The priors of answers after a delivery.
BAD = {5: 2, 10: 6}

# Minutes of opening hours until a mention is to be answered. Our own priors: others read along
# where somebody is unhappy.
HOUR = 60
WITHIN_BAD, WITHIN = 4 * HOUR, 2 * 8 * HOUR


def is_bad_mark(mark: int | None, scale: int) -> bool:
    return mark is not None and mark <= BAD.get(scale, 0)
