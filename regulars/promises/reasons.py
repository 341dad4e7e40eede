"""A promise that is due, or late, is a reason to get in touch."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, F, FloatField, QuerySet, Value, When
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.core import clock
from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source
from regulars.promises.models import Promise
from regulars.promises.rules import LISTED
from regulars.promises.words import moment_words

# Who promised something for tomorrow morning has to know today.
AHEAD = timedelta(hours=12)
# How much each day of lateness weighs. Our own prior: a broken word is dearer than a missed call.
LATE = {timedelta(days=6): 3.0, timedelta(days=2): 2.0, timedelta(0): 1.5}


def due_promises(asked: ReasonDay) -> QuerySet[Promise, Any]:
    """Open promises to one customer that are due by noon of the next day."""
    weights = [
        When(due_at__lt=asked.begins_at - late, then=Value(weight)) for late, weight in LATE.items()
    ]
    due = Promise.objects.due_within(asked.ends_at + AHEAD).filter(customer__isnull=False)
    return due.order_by().values(
        "customer_id",
        overdue=Case(*weights, default=Value(1.0), output_field=FloatField()),
        due_on=TruncDate(F("due_at") - AHEAD, tzinfo=asked.zone),
        subject=Cast("pk", CharField()),
    )


def describe(subjects: Collection[str]) -> Mapping[str, Told]:
    """What was promised and by when, and what to say."""
    now = clock.now()
    found = Promise.objects.filter(pk__in=[int(one) for one in subjects])
    return {str(promise.pk): _told(promise, promise.is_late_at(now)) for promise in found}


def _told(promise: Promise, is_late: bool) -> Told:
    places = {"what": promise.what or _("(erased)"), "when": moment_words(promise.due_at)}
    page, words = reverse("promises:show", args=[promise.pk]), _("See the promise")
    if not promise.is_open:
        return Told(_("We promised: %(what)s. That is settled.") % places, (), page, words)
    if is_late:
        why = _("We promised: %(what)s. It was due %(when)s, and they still wait.") % places
        first = _("Say that you are late, before they ask, and that you are sorry for it.")
    else:
        why = _("We promised: %(what)s. It is due %(when)s.") % places
        first = _("Tell them how it stands, done or not.")
    lines = (
        Line(first),
        Line(_("Promised: %(what)s.") % places),
        Line(_("If it takes longer, agree on another day, and write that down.")),
    )
    return Told(why, lines, page, words)


register_source(
    ReasonSource(
        name="promise_due", purpose="serve", urgency=1.5, rows=due_promises, describe=describe,
        listed=LISTED,
    )
)  # fmt: skip
