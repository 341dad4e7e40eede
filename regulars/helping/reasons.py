"""Somebody who asked us for help is a reason to get in touch: until we came back to them."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, F, FloatField, QuerySet, Value, When
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core import clock
from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source
from regulars.core.templatetags.look import day_words
from regulars.helping.models import HelpRequest
from regulars.helping.rules import LISTED

# Who has to come back by the evening has to know in the morning of the day before.
AHEAD = timedelta(hours=36)
# How much each day of lateness weighs. Our own prior: whoever waits for an answer they asked for
# waits less gladly than whoever was promised one.
LATE = {timedelta(days=5): 3.0, timedelta(days=2): 2.0, timedelta(0): 1.5}


def waiting_requests(asked: ReasonDay) -> QuerySet[HelpRequest, Any]:
    """Whoever waits for us, from the day before we mean to have come back."""
    weights = [
        When(due_at__lt=asked.begins_at - late, then=Value(weight)) for late, weight in LATE.items()
    ]
    due = HelpRequest.objects.open().filter(due_at__lt=asked.begins_at + AHEAD + timedelta(days=1))
    return due.order_by().values(
        "customer_id",
        overdue=Case(*weights, default=Value(1.0), output_field=FloatField()),
        due_on=TruncDate(F("due_at") - AHEAD, tzinfo=asked.zone),
        subject=Cast("pk", CharField()),
    )


def describe(subjects: Collection[str]) -> Mapping[str, Told]:
    """What they need, in their words, and what to say."""
    now = clock.now()
    found = HelpRequest.objects.filter(pk__in=[int(one) for one in subjects])
    return {str(one.pk): _told(one, is_late=one.is_late_at(now)) for one in found}


def _told(one: HelpRequest, *, is_late: bool) -> Told:
    page, words = reverse("helping:show", args=[one.pk]), _("See what they asked")
    said = {"what": one.topic, "when": day_words(one.said_at)}
    if not one.is_open:
        return Told(_("They asked for help with: %(what)s. That is over.") % said, (), page, words)
    why = _("They asked for help with: %(what)s, %(when)s.") % said
    if is_late:
        why = _("They asked for help with: %(what)s, %(when)s, and still wait.") % said
    lines = [Line(_("Say what you found, or when you will know."))]
    if one.words:
        lines.insert(0, Line(one.words[:300], hint=_("in their words")))
    lines.append(Line(_("Sell nothing here: they asked for help.")))
    return Told(why, tuple(lines), page, words)


register_source(
    ReasonSource(
        name="help_waiting", purpose="serve", urgency=1.5, rows=waiting_requests,
        describe=describe, listed=LISTED, label=gettext_lazy("Somebody waits for our help"),
    )
)  # fmt: skip
