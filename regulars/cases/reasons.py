"""Whoever waits because something went wrong is a reason to get in touch, and the first of all."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Case as Weighed
from django.db.models import CharField, FloatField, QuerySet, Value, When
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.cases.models import Case
from regulars.cases.rules import LISTED
from regulars.cases.words import due_words, waited_words
from regulars.core import clock
from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source

# How much each day beyond what we set ourselves weighs. Our own prior.
BROKEN = {timedelta(days=3): 3.0, timedelta(days=1): 2.5, timedelta(0): 2.0}
# What was opened because somebody said nothing: they told us of no fault.
SILENCE = "checkin:"
# Well above all else: somebody waits and knows it.
URGENCY = 6.0


def _rows(rows: QuerySet[Case], asked: ReasonDay) -> QuerySet[Case, Any]:
    weights = [
        When(due_at__lt=asked.begins_at - late, then=Value(weight))
        for late, weight in BROKEN.items()
    ]
    return rows.order_by().values(
        "customer_id",
        overdue=Weighed(*weights, default=Value(1.0), output_field=FloatField()),
        due_on=TruncDate("opened_at", tzinfo=asked.zone),
        subject=Cast("pk", CharField()),
    )


def breaking(asked: ReasonDay) -> QuerySet[Case, Any]:
    """Cases whose time is over, or will be before this day is."""
    return _rows(Case.objects.breaking_by(asked.ends_at), asked)


def waiting(asked: ReasonDay) -> QuerySet[Case, Any]:
    """All other cases in which somebody waits for us."""
    return _rows(Case.objects.waiting().filter(due_at__gte=asked.ends_at), asked)


def describe(subjects: Collection[str]) -> Mapping[str, Told]:
    found = Case.objects.filter(pk__in=[int(one) for one in subjects])
    return {str(case.pk): _told(case) for case in found}


def _told(case: Case) -> Told:
    at = clock.now()
    page, words = reverse("cases:show", args=[case.pk]), _("See the case")
    what = case.what[:300].rstrip(" .") or _("(erased)")
    if not case.is_waiting:
        return Told(_("%(what)s. That was put right.") % {"what": what}, (), page, words)
    places = {"what": what, "waited": waited_words(case, at), "due": due_words(case, at)}
    if case.answered_at is None and case.source.startswith(SILENCE):
        why = _("%(what)s. They have waited %(waited)s; %(due)s.") % places
        first = _("Say that you are sorry that it came late, and ask whether all is well with it.")
    elif case.answered_at is None:
        why = _("They told us: %(what)s. They have waited %(waited)s; %(due)s.") % places
        first = _("Say that you are sorry, and ask what would put it right.")
    else:
        why = _("Not yet put right: %(what)s. They have waited %(waited)s; %(due)s.") % places
        first = _("Tell them how it stands, before they ask.")
    lines = (
        Line(first),
        Line(_("Listen first: let them tell it to the end.")),
        Line(_("Say what you will do, and by which day. Nothing to sell.")),
    )
    return Told(why, lines, page, words)


register_source(ReasonSource(
    name="case_about_to_break", purpose="serve", urgency=URGENCY, rows=breaking,
    describe=describe, listed=LISTED,
))  # fmt: skip
register_source(ReasonSource(
    name="case_waiting", purpose="serve", urgency=URGENCY, rows=waiting, describe=describe,
    listed=LISTED,
))  # fmt: skip
