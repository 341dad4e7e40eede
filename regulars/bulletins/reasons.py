"""Whoever cannot be written to of a bulletin is called, or gets a letter: a reason on Today."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import CharField, F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.bulletins.choices import By
from regulars.bulletins.models import Bulletin, Owed
from regulars.bulletins.public_pages import frame_at
from regulars.bulletins.queries import latest_version
from regulars.bulletins.spoken import spoken
from regulars.core import clock
from regulars.core.reasons import Line, ReasonDay, ReasonSource, Told, register_source

# Bad news heard from others is the dearest: before a first purchase (1.4), beside a late promise.
URGENCY = 1.5
SAID = 6


def owed_now(asked: ReasonDay) -> QuerySet[Owed, Any]:
    """Everybody who is still to be told: of an open bulletin, and not talked to since."""
    owed = Owed.objects.filter(told_at=None, bulletin__closed_at=None).filter(
        Q(customer__clock__last_touch_at=None) | Q(customer__clock__last_touch_at__lt=F("owed_at"))
    )
    return owed.order_by().values(
        "customer_id",
        overdue=Value(1.0, output_field=FloatField()),
        due_on=TruncDate(F("owed_at"), tzinfo=asked.zone),
        subject=Concat(
            Cast("bulletin_id", CharField()), Value(":"), F("by"), output_field=CharField()
        ),
    )


def describe(subjects: Collection[str]) -> Mapping[str, Told]:
    """What they are to be told; the words are the bulletin's own."""
    numbers = {int(one.partition(":")[0]) for one in subjects}
    found = Bulletin.objects.in_bulk(numbers)
    lines = {pk: _lines(bulletin) for pk, bulletin in found.items()}
    return {
        one: _told(found[pk], one.partition(":")[2], lines[pk])
        for one in subjects
        if (pk := int(one.partition(":")[0])) in found
    }


def _lines(bulletin: Bulletin) -> list[Line]:
    version = latest_version(bulletin)
    if version is None:
        return []
    frame = frame_at(clock.now())
    parts = spoken(version, frame.main, frame)[1:]
    return [Line(line, heading) for heading, lines in parts for line in lines][:SAID]


def _told(bulletin: Bulletin, by: str, lines: list[Line]) -> Told:
    if by == By.LETTER:
        why = _("We cannot write them a mail about “%(title)s”: their letter waits to be printed.")
        page = reverse("bulletins:owed", args=[bulletin.pk])
        return Told(why % {"title": bulletin.title}, lines, page, _("Letters to print"))
    why = _("We cannot write them a mail about “%(title)s”: tell them before others do.")
    page = reverse("bulletins:read_out", args=[bulletin.pk])
    return Told(why % {"title": bulletin.title}, lines, page, _("The words to read out"))


register_source(
    ReasonSource(
        name="bulletin_owed", purpose="inform", urgency=URGENCY, rows=owed_now, describe=describe
    )
)
