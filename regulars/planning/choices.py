from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemState(models.TextChoices):
    OPEN = "open", _("To do")
    DONE = "done", _("Done")
    SNOOZED = "snoozed", _("Later")
    NOT_NOW = "not_now", _("Not now")
    HANDED_OVER = "handed_over", _("Handed over")
    WAITING = "waiting", _("Can wait")
    GOING = "going", _("Goes by itself")


class Worth(models.TextChoices):
    """Which touches count for a cadence."""

    ANY = "any", _("any touch")
    PERSONAL = "personal", _("a visit, a call or a note")


class Arrival(models.TextChoices):
    """What became of a touch, or of putting somebody off, without a connection."""

    WRITTEN = "written", _("Written down")
    BESIDE = "beside", _("A colleague was in touch as well; both are kept")
    GONE = "gone", _("The customer has been erased meanwhile")
    SETTLED = "settled", _("Somebody settled it first; it was not put off")


class Snooze(models.TextChoices):
    """When to be asked again."""

    AFTERNOON = "afternoon", _("This afternoon")
    TOMORROW = "tomorrow", _("Tomorrow")
    THREE_DAYS = "three_days", _("In three days")
    NEXT_WEEK = "next_week", _("Next Monday")
    MONTH = "month", _("In a month")

    def day_from(self, day: date) -> date:
        """The day on which it comes back, seen from a day."""
        ahead = {
            Snooze.AFTERNOON: 0,
            Snooze.TOMORROW: 1,
            Snooze.THREE_DAYS: 3,
            Snooze.NEXT_WEEK: 7 - day.weekday(),
            Snooze.MONTH: 30,
        }
        return day + timedelta(days=ahead[self])
