"""A promise that is due, or late, is a reason to get in touch."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import Case, CharField, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Least, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.core import clock
from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source
from regulars.customers.choices import Kind, RelationKind
from regulars.customers.models import Relation
from regulars.promises.models import Promise, PromiseQuerySet
from regulars.promises.rules import LISTED
from regulars.promises.words import moment_words
from regulars.team.queries import the_named_business

# Who promised something for tomorrow morning has to know today.
AHEAD = timedelta(hours=12)
# How much each day of lateness weighs. Our own prior: a broken word is dearer than a missed call.
# A department that waits for so long hears from us, though the day that was said is not there yet.
UNHEARD = timedelta(days=7)
LATE = {timedelta(days=6): 3.0, timedelta(days=2): 2.0, timedelta(0): 1.5}


def due_promises(asked: ReasonDay) -> QuerySet[Promise, Any]:
    """Open promises to one customer that are due by noon of the next day."""
    due = Promise.objects.due_within(asked.ends_at + AHEAD).filter(customer__isnull=False)
    return _rows(due.exclude(customer__kind=Kind.DEPARTMENT), asked)


def waiting_departments(asked: ReasonDay) -> QuerySet[Promise, Any]:
    """What departments of ours wait for: due by noon of the next day, or for a week unheard."""
    since = asked.begins_at - UNHEARD
    unheard = Q(made_at__lt=since) & (
        Q(customer__clock=None) | Q(customer__clock__last_touch_at__lt=since)
    )
    waiting = Promise.objects.open().filter(customer__kind=Kind.DEPARTMENT)
    return _rows(waiting.filter(Q(due_at__lt=asked.ends_at + AHEAD) | unheard), asked)


def _rows(due: PromiseQuerySet, asked: ReasonDay) -> QuerySet[Promise, Any]:
    weights = [
        When(due_at__lt=asked.begins_at - late, then=Value(weight)) for late, weight in LATE.items()
    ]
    # What is not due yet is told from today on.
    due_on = Least(TruncDate(F("due_at") - AHEAD, tzinfo=asked.zone), Value(asked.day))
    return due.order_by().values(
        "customer_id",
        overdue=Case(*weights, default=Value(1.0), output_field=FloatField()),
        due_on=due_on,
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


def describe_waiting(subjects: Collection[str]) -> Mapping[str, Told]:
    """What the department waits for, and whom it serves: two questions, however many."""
    now, ids = clock.now(), [int(one) for one in subjects]
    found = list(Promise.objects.filter(pk__in=ids))
    serves = Relation.objects.filter(kind=RelationKind.SERVES).holding_on(
        the_named_business().day_of(now)
    )
    serves = serves.filter(of__in=[one.customer_id for one in found])
    served: dict[int, list[str]] = defaultdict(list)
    for of_id, name in serves.order_by("to__sort_name").values_list("of", "to__name"):
        served[of_id].append(name)
    return {
        str(one.pk): _told_waiting(one, served[one.customer_id or 0], is_late=one.is_late_at(now))
        for one in found
    }


def _told_waiting(promise: Promise, served: Sequence[str], *, is_late: bool) -> Told:
    told = _told(promise, is_late)
    if not promise.is_open:
        return told
    if not served:
        sentence = _("A department of ours waits. %(why)s") % {"why": told.sentence}
        return replace(told, sentence=sentence)
    places = {"why": told.sentence, "name": served[0], "count": len(served) - 1}
    behind = ngettext(
        "A department of ours waits, and with it %(name)s and %(count)d more. %(why)s",
        "A department of ours waits, and with it %(name)s and %(count)d more. %(why)s",
        len(served) - 1,
    )
    if len(served) == 1:
        behind = _("A department of ours waits, and with it %(name)s. %(why)s")
    return replace(told, sentence=behind % places)


# Before the next: what is promised to a department has the words of this one.
register_source(
    ReasonSource(
        name="internal_waiting", purpose="serve", urgency=1.5, rows=waiting_departments,
        describe=describe_waiting, listed=LISTED,
    )
)  # fmt: skip
register_source(
    ReasonSource(
        name="promise_due", purpose="serve", urgency=1.5, rows=due_promises, describe=describe,
        listed=LISTED,
    )
)  # fmt: skip
